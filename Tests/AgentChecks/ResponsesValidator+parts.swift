// Parts of an item: who opens them, what fills them, what repeats them.
extension ResponsesValidator {
    mutating func partAdded(_ object: [String: Any], _ indexName: String, _ index: Int, _ kinds: [String], _ owners: [String]) {
        guard isOfItem(object, owners) else { return }
        require(part == nil, "a part is still open")
        require(object[indexName] as? Int == index, "\(indexName) \(object[indexName] ?? "none"), not \(index)")
        let added = object["part"] as? [String: Any] ?? [:]
        let type = added["type"] as? String ?? ""
        require(kinds.contains(type), "a part of type \(type)")
        require((added["text"] ?? added["refusal"]) as? String == "", "the part is not empty")
        part = Part(type: type, index: index)
    }

    mutating func textDelta(_ object: [String: Any], _ indexName: String, _ type: String) {
        guard isOfItem(object, ["reasoning", "message"]), isOfPart(object, indexName, type) else { return }
        require(part?.isDone == false, "behind the text's end")
        let delta = object["delta"] as? String ?? ""
        require(!delta.isEmpty, "an empty delta")
        if type == "output_text" { require(object["logprobs"] is [Any], "no logprobs") }
        part?.text += delta
    }

    mutating func textDone(_ object: [String: Any], _ indexName: String, _ type: String, _ member: String) {
        guard isOfItem(object, ["reasoning", "message"]), isOfPart(object, indexName, type) else { return }
        require(object[member] as? String == part?.text, "a text that is not what was said")
        require(part?.isDone == false, "again")
        part?.isDone = true
    }

    mutating func partDone(_ object: [String: Any], _ indexName: String) {
        guard let part else { return note("no part is open") }
        guard isOfItem(object, ["reasoning", "message"]), isOfPart(object, indexName, part.type) else { return }
        let done = object["part"] as? [String: Any] ?? [:]
        require(part.isDone, "the text is not done")
        require((done["text"] ?? done["refusal"]) as? String == part.text, "a part that is not what was said")
        require(done["type"] as? String == part.type, "a part of type \(done["type"] ?? "none")")
        switch part.type {
        case "summary_text":
            summaryParts.append(done)
            reading.summary.append(part.text)
        case "reasoning_text": reading.rawReasoning += part.text
        case "refusal": reading.refusal += part.text
        default: reading.text += part.text
        }
        if part.type != "summary_text" { contentParts.append(done) }
        self.part = nil
    }

    mutating func isOfPart(_ object: [String: Any], _ indexName: String, _ type: String) -> Bool {
        guard let part, part.type == type else {
            note("no part is open that this could belong to")
            return false
        }
        require(object[indexName] as? Int == part.index, "\(indexName) \(object[indexName] ?? "none")")
        return true
    }

    // MARK: Arguments

    mutating func argumentsDelta(_ object: [String: Any], _ type: String) {
        guard isOfItem(object, [type]) else { return }
        require(!argumentsAreDone, "behind the end")
        require((object["delta"] as? String)?.isEmpty == false, "an empty delta")
        arguments += object["delta"] as? String ?? ""
    }

    mutating func argumentsDone(_ object: [String: Any], _ type: String, _ member: String) {
        guard isOfItem(object, [type]) else { return }
        require(!argumentsAreDone, "again")
        require(object[member] as? String == arguments, "\(member) that are not what was said")
        argumentsAreDone = true
    }
}
