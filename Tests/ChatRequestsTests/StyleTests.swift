import ChatRequests
import Support
import Testing

/// Which style a request gets.
@Suite struct StyleTests {
    struct Row: Decodable {
        let style: String?
        let reason: String?
        let error: String?
        let bodyField: String?
        let header: String?
        let query: String?
        let modelSuffix: String?
        let pathPrefix: String?
        let responseFormat: String?
        let userAgent: String?
        let packageVersion: String?
        let usesUserAgentTable: Bool?
        let configured: String?
        let standard: String?

        var inputs: StyleChoice.Inputs {
            var inputs = StyleChoice.Inputs()
            inputs.bodyField = bodyField
            inputs.header = header
            inputs.query = query
            inputs.modelSuffix = modelSuffix
            inputs.pathPrefix = pathPrefix.flatMap { WireStyle(rawValue: $0) }
            inputs.responseFormat = responseFormat
            inputs.userAgent = userAgent
            inputs.packageVersion = packageVersion
            inputs.usesUserAgentTable = usesUserAgentTable ?? true
            inputs.configured = configured.flatMap { WireStyle(rawValue: $0) }
            inputs.standard = standard.flatMap { WireStyle(rawValue: $0) } ?? .events
            return inputs
        }
    }

    @Test("the first place that says something decides", arguments: try Fixtures.json("requests/styles.json", as: [Row].self))
    func choice(row: Row) throws {
        do throws(UnknownStyle) {
            let choice = try StyleChoice.choose(row.inputs)
            #expect(choice.style.rawValue == row.style)
            #expect(choice.reason.rawValue == row.reason)
        } catch {
            #expect(error.message == row.error)
        }
    }

    @Test(
        "a path may begin with a style",
        arguments: [
            ("/inline/v1/models", "inline", "/v1/models"), ("/off/", "off", "/"), ("/v1/models", nil, nil), ("/inline", nil, nil),
            ("/Inline/v1", nil, nil),
            ("inline/v1", nil, nil), ("/", nil, nil), ("", nil, nil), ("//inline/v1", nil, nil),
        ])
    func pathPrefix(path: String, style: String?, rest: String?) {
        let prefix = WireStyle.prefix(of: path)
        #expect(prefix?.style.rawValue == style)
        #expect(prefix?.rest == rest)
    }
}
