import ChatDelta
import JSONBytes

/// A payload is accepted or refused for what it is, whatever stands around it, however it was cut, whatever was read before.
enum ReadingCheck {
    static func run(_ input: inout FuzzInput) {
        let cutting = input.cutting()
        // One line, as the data of an event is.
        let payload = input.rest().filter { $0 != 0x0A && $0 != 0x0D }
        let accepted = isJSON(payload)
        promise(isJSON([0x20, 0x0A] + payload + [0x09, 0x0D]) == accepted, "white space around a document changes whether it is one")
        if accepted { checkPrefixes(of: payload) }

        var delta = Delta()
        let first = read(payload, into: &delta)
        if first != nil { promise(accepted, "a chunk was read that is no JSON") }
        promise(read(payload, into: &delta) == first, "a used delta reads differently")
        promise(readFromStream(payload, cutting) == first, "a payload from a cut stream reads differently")
    }

    /// No proper beginning of an object or an array is a document.
    private static func checkPrefixes(of document: [UInt8]) {
        let last = document.lastIndex { $0 != 0x20 && $0 != 0x09 } ?? 0
        guard document[last] == UInt8(ascii: "}") || document[last] == UInt8(ascii: "]") else { return }
        for end in stride(from: 0, to: last, by: max(1, last / 16)) {
            promise(!isJSON(Array(document[..<end])), "a beginning of a document is a document")
        }
    }

    static func isJSON(_ bytes: [UInt8]) -> Bool {
        var cursor = JSONCursor(bytes.span)
        do throws(JSONError) {
            _ = try cursor.skipValue()
            try cursor.finish()
            return true
        } catch {
            return false
        }
    }

    private struct Reading: Equatable {
        var form: Delta.Form
        var choices: [Delta.Choice]
        var texts: [Delta.Text]
        var fault: Delta.Fault?
        var id: JSONString?
        var usage: Range<Int>?
        var decoded: [[UInt8]]
    }

    private static func read(_ payload: [UInt8], into delta: inout Delta) -> Reading? {
        do { try DeltaReader.read(payload.span, into: &delta) } catch { return nil }
        var reading = Reading(
            form: delta.form, choices: delta.choices, texts: delta.texts, fault: delta.fault, id: delta.id, usage: delta.usage, decoded: [])
        for text in delta.texts {
            promise(text.string.content.upperBound < payload.count, "a text that is not in its payload")
            var decoder = JSONTextDecoder()
            var decoded: [UInt8] = []
            decoder.decode(text.string, in: payload.span, to: &decoded)
            decoder.finish(to: &decoded)
            // Bytes that are not UTF-8 are mended before a payload is read.
            promise(UTF8Repair.isValid(decoded.span) || !UTF8Repair.isValid(payload.span), "a decoded text that is not UTF-8")
            reading.decoded.append(decoded)
        }
        for choice in delta.choices { promise(choice.texts.upperBound <= delta.texts.count, "a choice with texts that are not there") }
        return reading
    }

    private static func readFromStream(_ payload: [UInt8], _ cutting: FuzzCutting) -> Reading? {
        let stream = Array("data: ".utf8) + payload + [0x0A, 0x0A]
        var delta = Delta()
        guard let event = FramingCheck.frame(cutting.pieces(of: stream)).events.first else { return nil }
        return read(event.data, into: &delta)
    }
}
