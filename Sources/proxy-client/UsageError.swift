/// Something the user must change before a request can be made; ends the program with the exit code for usage.
struct UsageError: Error, Equatable, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
