import NIOCore

/// The playbacks of one event loop that could go on at once, taken in rounds.
///
/// An event loop runs whatever is due before it looks at its sockets again. Playbacks that reschedule themselves for "now" would keep
/// it from ever seeing a client that leaves or connects (measured: no reply for 10 s beside one endless stream). So each round ends
/// before the next is scheduled, a moment later, and the loop looks at its sockets in between.
final class TurnQueue {
    /// A quarter of the round before, and at least this: long enough that the loop finds nothing due even in a slow (debug) build,
    /// where 20 µs were not.
    private static let shortestPause = TimeAmount.microseconds(50)

    private let eventLoop: NIOIsolatedEventLoop
    private var waiting: [() -> Void] = []
    private var isScheduled = false
    private var pause = TurnQueue.shortestPause

    /// Must be called on `eventLoop`, as every other method.
    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop.assumeIsolated() }

    /// Calls `turn` in the next round.
    func enqueue(_ turn: @escaping () -> Void) {
        waiting.append(turn)
        schedule()
    }

    private func schedule() {
        guard !isScheduled, !waiting.isEmpty else { return }
        isScheduled = true
        eventLoop.scheduleTask(in: pause) {
            let start = NIODeadline.now()
            let round = self.waiting
            self.waiting = []
            for turn in round { turn() }
            self.pause = max(Self.shortestPause, .nanoseconds((NIODeadline.now() - start).nanoseconds / 4))
            self.isScheduled = false
            self.schedule()
        }
    }
}

/// The event loops of all servers of a process, with one `TurnQueue` each. (Two queues on one loop would keep it busy in turns.)
struct EventLoops: Sendable {
    let group: any EventLoopGroup
    private let boxes: [ObjectIdentifier: NIOLoopBoundBox<TurnQueue?>]

    init(_ group: any EventLoopGroup) {
        var boxes: [ObjectIdentifier: NIOLoopBoundBox<TurnQueue?>] = [:]
        for eventLoop in group.makeIterator() {
            boxes[ObjectIdentifier(eventLoop)] = NIOLoopBoundBox.makeEmptyBox(valueType: TurnQueue.self, eventLoop: eventLoop)
        }
        self.group = group
        self.boxes = boxes
    }

    /// The queue of `eventLoop`; must be called on it.
    func queue(on eventLoop: any EventLoop) -> TurnQueue {
        let box = boxes[ObjectIdentifier(eventLoop)]
        if let queue = box?.value { return queue }
        let queue = TurnQueue(eventLoop)
        box?.value = queue
        return queue
    }
}
