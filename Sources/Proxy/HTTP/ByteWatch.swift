import NIOCore

/// Sits between the socket and the HTTP parser. It tells the connection how many bytes came, for the parser says nothing until a head is
/// complete; and its context is the way out for what is framed already.
final class ByteWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: HTTPConnection

    init(_ connection: HTTPConnection) {
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connection.wire = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connection.wire = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.bytesArrived(unwrapInboundIn(data).readableBytes)
        context.fireChannelRead(data)
    }
}
