import AgentAPIs
import AgentRequests
import ChatRequests

/// Whatever an agent sends is refused in words, or becomes a request that is read like a chat client's own and says the same.
enum AgentCheck {
    static func run(_ input: inout FuzzInput) {
        let choice = input.byte()
        let options = options(input.byte())
        let body = input.rest()
        do throws(AgentRequestError) {
            let request =
                choice % 2 == 0 ? try AgentRequest.responses(body, options: options) : try AgentRequest.messages(body, options: options)
            check(request)
        } catch {
            promise(!error.message.isEmpty && !error.code.isEmpty, "a refusal without words")
        }
    }

    private static func options(_ choice: UInt8) -> AgentRequestOptions {
        var options = AgentRequestOptions()
        if choice & 1 != 0 { options.thinkingSwitch = .enableThinking }
        if choice & 2 != 0 { options.lengthField = .maxCompletionTokens }
        if choice & 4 != 0 { options.clampsLength = AgentRequestOptions.leftOfContext(tokens: 1000) }
        if choice & 8 != 0 { options.opensReasoning = { $0 } }
        if choice & 16 != 0 { options.withholdsDeferredTools = false }
        options.limits.requiresModel = choice & 32 == 0
        return options
    }

    private static func check(_ request: AgentRequest) {
        promise(ReadingCheck.isJSON(request.body), "a translation that is no JSON: \(String(decoding: request.body, as: UTF8.self))")
        let echo = request.echo
        for value in [echo.instructions, echo.metadata, echo.reasoning, echo.text, echo.toolChoice, echo.temperature] {
            promise(ReadingCheck.isJSON(value), "an echo that is no JSON")
        }
        promise(request.estimatedPromptTokens >= 0, "fewer than no tokens")
        // What follows a "#" is a style for chat clients, and there may be nothing before it.
        guard request.model?.contains("#") != true else { return }
        var limits = ChatRequestLimits(messages: 40_000, parts: .max)
        limits.requiresModel = false
        do throws(ChatRequestError) {
            let chat = try ChatRequest.read(request.body, limits: limits)
            promise(chat.model == request.model && chat.stream == request.stream, "a translation that says something else")
            promise(chat.stops == request.stopSequences.count, "stop sequences were lost")
            let sent = chat.upstreamBody(from: request.body, model: "m", stripHistory: true)
            promise(ReadingCheck.isJSON(sent), "what goes upstream is no JSON")
        } catch {
            promise(false, "a translation that cannot be read: \(error.message)")
        }
    }
}
