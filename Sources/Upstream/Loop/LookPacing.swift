/// Decides when a loop looks at its sockets again: at once, a little later, or when the kernel tells it.
///
/// A loop that is told of each chunk pays a system call to ask, a wake-up and a look for it. At the highest speed that costs more than the
/// chunks themselves, and how many of them a read brings is left to the scheduler. As network cards do (interrupt moderation), the loop
/// therefore looks at fixed times while it is *busy*, and each read brings what came in between:
///
/// - *calm*: the kernel tells of whatever comes after a pause; looks that follow each other closely are made at once.
/// - *busy*: a look each ``spacing`` as long as there is something to read, for ``busyTime``; then it is calm and weighs anew.
///
/// A calm loop becomes busy by more than ``sustainedReads`` a millisecond from *hot* sockets: those read again sooner than ``spacing``, so
/// that looking later joins reads. Streams whose chunks come one by one are never hot, however many they are: a model that writes 1,000
/// tokens a second leaves five times ``spacing`` between them. Beside hot ones such a chunk waits ``spacing`` at most. What counts is the
/// socket: streams that share an HTTP/2 connection are read together.
struct LookPacing {
    /// What to do after a look.
    enum Next: Equatable {
        /// On the next turn of the loop.
        case atOnce
        /// After ``LookPacing/spacing``.
        case later
        /// When a socket is ready.
        case whenTold
    }

    /// How long a busy loop leaves its sockets alone: the most that a chunk waits for being looked at.
    static let spacing = Duration.microseconds(200)

    /// How long a loop stays busy before it weighs anew; then it takes a good half of a millisecond at full speed to become so again.
    static let busyTime = Duration.milliseconds(10)

    /// How many reads of hot sockets a millisecond leave a loop calm.
    static let sustainedReads = 16

    /// How many reads of hot sockets beyond the sustained ones make a loop busy.
    static let burst = 32

    /// Looks with something to read that follow each other within this time mean that more is coming: then looking again
    /// is cheaper than being told. With chunks further apart it would be a turn of the loop for nothing, each time.
    static let closeLooks = Duration.microseconds(50)

    private static let timePerRead = Duration.milliseconds(1) / sustainedReads

    private let busyBacklog: Duration
    /// How long the sustained rate would take for the hot reads that were more than it (a leaky bucket).
    private var backlog = Duration.zero
    private var lastLook = Duration.zero
    private var busyEnd = Duration.zero

    /// - Parameter burst: how many reads of hot sockets beyond the sustained ones make a loop busy; with 0 it always is.
    init(burst: Int = Self.burst) {
        busyBacklog = Self.timePerRead * burst
    }

    /// Takes note of a look.
    ///
    /// - Parameters:
    ///   - readCount: how many sockets were ready.
    ///   - hotCount: how many of them had been ready less than ``spacing`` before.
    ///   - now: when, by a monotonic clock.
    /// - Returns: when to look again.
    mutating func looked(readCount: Int, hotCount: Int, at now: Duration) -> Next {
        let passed = now - lastLook
        lastLook = now
        if now >= busyEnd { weigh(hotCount, passed, now) }
        guard readCount > 0 else { return .whenTold }
        if now < busyEnd { return .later }
        return passed < Self.closeLooks ? .atOnce : .whenTold
    }

    private mutating func weigh(_ hotCount: Int, _ passed: Duration, _ now: Duration) {
        backlog = max(.zero, backlog - passed) + Self.timePerRead * hotCount
        guard backlog >= busyBacklog else { return }
        busyEnd = now + Self.busyTime
        backlog = .zero
    }
}
