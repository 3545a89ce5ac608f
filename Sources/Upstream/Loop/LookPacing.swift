/// Decides when a loop looks at its sockets again: at once, a little later, or when the kernel tells it.
///
/// A loop that is told of each chunk pays a system call to ask, a wake-up and a look for it. At the highest speed that costs more than the
/// chunks themselves, and how many of them a read brings is left to the scheduler. As network cards do (interrupt moderation), the loop
/// therefore looks at fixed times while it is *busy*, and each read brings what came in between:
///
/// - *calm*: the kernel tells of whatever comes after a pause; looks that follow each other closely are made at once.
/// - *busy*: for some time there were more than ``sustainedReads`` a millisecond of *hot* sockets, each of which had been read within
///   ``hotTime``. A look each ``spacing``; the first that finds nothing ends it.
///
/// Streams whose chunks come one by one are never hot, however many they are: a model that writes 1,000 tokens a second leaves four times
/// ``hotTime`` between them, and reading them later would not save a read. Beside hot ones such a chunk waits ``spacing`` at most.
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
    static let spacing = Duration.microseconds(100)

    /// A socket that is ready again within this time is hot: more than one ``spacing`` and what a round takes.
    static let hotTime = Duration.microseconds(250)

    /// How many reads of hot sockets a millisecond keep a loop busy: three streams at their highest speed are about 30.
    static let sustainedReads = 16

    /// How many reads of hot sockets beyond the sustained ones make a loop busy.
    static let burst = 32

    /// Looks with something to read that follow each other within this time mean that more is coming: then looking again
    /// is cheaper than being told. With chunks further apart it would be a turn of the loop for nothing, each time.
    static let closeLooks = Duration.microseconds(50)

    private static let timePerRead = Duration.milliseconds(1) / sustainedReads

    private let busyBacklog: Duration
    /// How long the sustained rate would take for the reads that were more than it (a leaky bucket).
    private var backlog = Duration.zero
    private var lastLook = Duration.zero

    /// Whether sockets have been hot for some time, as of the last look.
    var isBusy: Bool { backlog >= busyBacklog }

    /// - Parameter burst: how many reads of hot sockets beyond the sustained ones make a loop busy; with 0 it always is.
    init(burst: Int = Self.burst) {
        busyBacklog = Self.timePerRead * burst
    }

    /// Takes note of a look.
    ///
    /// - Parameters:
    ///   - readCount: how many sockets were ready.
    ///   - hotCount: how many of them were hot.
    ///   - now: when, by a monotonic clock.
    mutating func looked(readCount: Int, hotCount: Int, at now: Duration) -> Next {
        let passed = now - lastLook
        lastLook = now
        // Bounded, so that a storm is forgotten as fast as it was noticed.
        backlog = min(busyBacklog * 2, max(.zero, backlog - passed) + Self.timePerRead * hotCount)
        guard readCount > 0 else { return .whenTold }
        if isBusy { return .later }
        return passed < Self.closeLooks ? .atOnce : .whenTold
    }
}
