/// Fetches a small document from the server: health, models.
struct Fetch {
    /// What came back.
    struct Document: Equatable, Sendable {
        var status: Int
        var json: JSONValue?
        var body: [UInt8]
    }

    /// These answers do not wait for a model.
    static let patience = Duration.seconds(15)
    /// Far more than any list of models.
    static let byteLimit = 4 << 20

    let transport: any Transport
    let interrupts: Interrupts

    /// Runs the request to its end.
    func document(_ request: HTTPRequest) throws(FetchFault) -> Document {
        let mailbox = Mailbox<TransportEvent?>()
        let result: Result<Document, FetchFault> = interrupts.listen({ mailbox.postUrgently(nil) }) {
            do throws(FetchFault) { return .success(try collect(request, mailbox)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private func collect(_ request: HTTPRequest, _ mailbox: Mailbox<TransportEvent?>) throws(FetchFault) -> Document {
        let transfer = transport.start(request) { mailbox.post($0) }
        defer {
            mailbox.close()
            transfer.cancel()
        }
        var status = 0
        var body: [UInt8] = []
        let deadline = ContinuousClock.now + Self.patience
        while true {
            guard let happening = mailbox.next(within: max(.zero, deadline - .now)) else {
                throw FetchFault(fault: .timedOut("The server did not answer within \(Self.patience.inWords)."))
            }
            switch happening {
            case .none: throw FetchFault(fault: .interrupted)
            case .head(let head): status = head.status
            case .bytes(let bytes): body += bytes.prefix(Self.byteLimit - body.count)
            case .failed(let failure): throw FetchFault(fault: Fault(failure))
            case .ended: return Document(status: status, json: JSONValue(parsing: body), body: body)
            }
        }
    }
}

/// Why a document could not be fetched.
struct FetchFault: Error, Equatable {
    var fault: Fault
}
