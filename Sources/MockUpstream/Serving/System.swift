#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension linger {
    /// Closing the socket then sends RST instead of FIN.
    static var resetsOnClose: linger { linger(l_onoff: 1, l_linger: 0) }
}

/// The error numbers that deserve a sentence of their own.
enum SystemErrors {
    static let addressInUse = EADDRINUSE
    static let accessDenied = EACCES
}
