/// One model as an upstream lists it.
struct ListedModel: Sendable, Equatable {
    var id: String
    var created: Int?
    var owner: String?
    /// Tokens of its context, where the list tells.
    var contextWindow: Int?
}

extension ListedModel: Decodable {
    private enum Member: String, CodingKey {
        case id, created, meta
        case owner = "owned_by"
        // vLLM and SGLang; OpenRouter and others; Groq; Mistral.
        case maxModelLength = "max_model_len"
        case contextLength = "context_length"
        case contextWindow = "context_window"
        case maxContextLength = "max_context_length"
    }

    /// llama.cpp's members: the context it was started with, and the one the model was trained for.
    private enum Detail: String, CodingKey {
        case context = "n_ctx"
        case training = "n_ctx_train"
    }

    /// Only the id must be there. Everything else is left out if it is of an odd kind: a list with a strange member is still a list.
    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        id = try members.decode(String.self, forKey: .id)
        created = try? members.decode(Int.self, forKey: .created)
        owner = try? members.decode(String.self, forKey: .owner)
        let lengths: [Member] = [.maxModelLength, .contextLength, .contextWindow, .maxContextLength]
        contextWindow = lengths.lazy.compactMap { try? members.decode(Int.self, forKey: $0) }.first { $0 > 0 }
        guard contextWindow == nil, let details = try? members.nestedContainer(keyedBy: Detail.self, forKey: .meta) else { return }
        let contexts: [Detail] = [.context, .training]
        contextWindow = contexts.lazy.compactMap { try? details.decode(Int.self, forKey: $0) }.first { $0 > 0 }
    }
}
