import Foundation

extension ResponsesValidator {
    /// Reads a collected response: one object.
    public static func collected(_ body: [UInt8]) -> (problems: [String], reading: AgentReading) {
        var problems: [String] = []
        var reading = AgentReading()
        guard let object = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] else { return (["no object"], reading) }
        for member in members where object[member] == nil { problems.append("the response has no \(member)") }
        reading.ending = object["status"] as? String
        if let details = object["incomplete_details"] as? [String: Any] { reading.ending? += " \(details["reason"] ?? "")" }
        reading.usage = (object["usage"] as? [String: Any]).map(numbers)
        reading.ids.append(object["id"] as? String ?? "")
        for (index, item) in (object["output"] as? [[String: Any]] ?? []).enumerated() {
            let type = item["type"] as? String ?? ""
            let id = item["id"] as? String ?? ""
            if prefixes[type].map({ id.hasPrefix($0) }) != true { problems.append("an item of type \(type) with the id \(id)") }
            if reading.ids.contains(id) { problems.append("an id that was used: \(id)") }
            reading.ids.append(id)
            let content = item["content"] as? [[String: Any]] ?? []
            switch type {
            case "reasoning":
                if index > 0 { problems.append("reasoning is not first") }
                reading.hasReasoning = true
                reading.summary = (item["summary"] as? [[String: Any]] ?? []).compactMap { $0["text"] as? String }
                reading.rawReasoning = content.compactMap { $0["text"] as? String }.joined()
                reading.sealed = item["encrypted_content"] as? String
            case "message":
                reading.text += content.compactMap { $0["text"] as? String }.joined()
                reading.refusal += content.compactMap { $0["refusal"] as? String }.joined()
            default:
                if item["status"] as? String == "completed" {
                    reading.calls.append(call(item))
                } else {
                    reading.cutCalls.append(call(item))
                }
            }
        }
        return (problems, reading)
    }
}
