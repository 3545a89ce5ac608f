/// The one table of all settings. The loader, `--help`, the documentation's table and `--print-config` are made from it.
public enum SettingsCatalogue {
    /// One row, for people.
    public struct Row: Sendable, Equatable {
        /// Where it stands in the file; `upstreams[].url` is the key `url` of each entry of `upstreams`.
        public let path: String
        /// Its environment variable. Those of an upstream describe the only one.
        public let environment: String
        /// Its command-line flag, without dashes.
        public let flag: String
        /// How it is written.
        public let type: String
        /// Its value if nobody sets it, as YAML; empty if it then has none.
        public let standard: String
        /// What it does, in a line.
        public let summary: String
    }

    /// Every setting, in the order of the file.
    public static let rows: [Row] = serverRows + upstreamRows + otherRows

    static let upstreamKey = "upstreams"

    private static var serverRows: [Row] { general.filter { $0.path.hasPrefix("server.") }.map { row($0, of: ProxySettings(), at: "") } }
    private static var otherRows: [Row] { general.filter { !$0.path.hasPrefix("server.") }.map { row($0, of: ProxySettings(), at: "") } }
    private static var upstreamRows: [Row] { upstream.map { row($0, of: UpstreamSettings(), at: "\(upstreamKey)[].") } }

    private static func row<Root>(_ setting: Setting<Root>, of root: Root, at prefix: String) -> Row {
        Row(
            path: prefix + setting.path, environment: setting.environment, flag: setting.flag, type: setting.type,
            standard: setting.show(root) ?? "", summary: setting.summary)
    }
}
