/// The status and the fields of the final response; interim (1xx) heads and trailers are not part of it.
public struct ResponseHead: Sendable {
    /// The status code, 200 to 999.
    public let status: Int
    /// The fields in the order in which they came, names in lower case, values without surrounding blanks.
    public let headers: [(name: String, value: String)]

    /// A head from its parts.
    ///
    /// - Parameters:
    ///   - status: the status code.
    ///   - headers: the fields, names in lower case.
    public init(status: Int, headers: [(name: String, value: String)]) {
        self.status = status
        self.headers = headers
    }

    /// The value of the first field with this name.
    ///
    /// - Parameter name: the name in lower case.
    /// - Returns: the value, or nil if there is no such field.
    public func first(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
