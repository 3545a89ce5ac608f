import Foundation
import JSONBytes

/// Models in the form of Anthropic's API, page by page.
struct AnthropicModelList {
    /// Models of one page, where a request does not say.
    static let usualLimit = 20
    /// Models of one page at most.
    static let longestPage = 1000

    private let limit: Int
    private let after: String?
    private let before: String?

    /// Which page the request wants.
    init(_ request: HTTPRequest) throws(ProxyFailure) {
        let wanted = request.query["limit"].map { Int($0) } ?? AnthropicModelList.usualLimit
        guard let wanted, (1...AnthropicModelList.longestPage).contains(wanted) else {
            throw .request(
                code: "invalid_request", "The query's limit must be a whole number from 1 to \(AnthropicModelList.longestPage).",
                param: "limit")
        }
        limit = wanted
        after = request.query["after_id"]?.removingPercentEncoding
        before = request.query["before_id"]?.removingPercentEncoding
    }

    /// The page. An id that no model has stands before the first and behind the last: a model may go between two pages.
    func list(_ models: [KnownModel]) -> [UInt8] {
        let page: ArraySlice<KnownModel>
        let hasMore: Bool
        if let before {
            let rest = models[..<(models.firstIndex { $0.id == before } ?? models.count)]
            page = rest.suffix(limit)
            hasMore = rest.count > limit
        } else {
            let rest = models[(after.flatMap { id in models.firstIndex { $0.id == id } }.map { $0 + 1 } ?? 0)...]
            page = rest.prefix(limit)
            hasMore = rest.count > limit
        }
        var list = JSONObjectWriter()
        list.array("data", page.map(AnthropicModelList.describe))
        list.boolean("has_more", hasMore)
        list.raw("first_id", AnthropicModelList.quoted(page.first?.id))
        list.raw("last_id", AnthropicModelList.quoted(page.last?.id))
        return list.finished()
    }

    static func describe(_ model: KnownModel) -> [UInt8] {
        var entry = JSONObjectWriter()
        entry.string("type", "model")
        entry.string("id", model.id)
        entry.string("display_name", model.id)
        // WALL: a date for people; the epoch's beginning where nobody knows, as the API does.
        entry.string("created_at", Date(timeIntervalSince1970: TimeInterval(model.created)).formatted(.iso8601))
        if let tokens = model.contextWindow { entry.number("max_input_tokens", tokens) }
        return entry.finished()
    }

    private static func quoted(_ text: String?) -> [UInt8] {
        guard let text else { return Array("null".utf8) }
        var output: [UInt8] = []
        JSONText.appendQuoted(text, to: &output)
        return output
    }
}
