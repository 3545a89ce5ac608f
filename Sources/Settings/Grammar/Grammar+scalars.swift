extension Grammar where Value == Bool {
    /// `on` or `off`; `true`, `false`, `yes` and `no` mean the same.
    static var toggle: Grammar {
        scalar("on, off", expected: "on or off", show: { $0 ? "on" : "off" }) { text throws(ValueFault) in
            switch text.lowercased() {
            case "on", "true", "yes": return true
            case "off", "false", "no": return false
            default: throw .unexpected(hint: nil)
            }
        }
    }
}

extension Grammar where Value == Int {
    /// A whole number.
    static func count(_ range: ClosedRange<Int>) -> Grammar {
        scalar("number", expected: "a whole number from \(range.lowerBound) to \(range.upperBound)", show: { "\($0)" }) {
            text throws(ValueFault) in
            guard let number = Int(text), range.contains(number) else { throw .unexpected(hint: nil) }
            return number
        }
    }

    /// A share in percent.
    static func percent(_ range: ClosedRange<Int>) -> Grammar {
        let bounds = "from \(range.lowerBound)% to \(range.upperBound)%"
        return scalar("percent", expected: "a share such as 20%, \(bounds)", show: { "\($0)%" }) { text throws(ValueFault) in
            guard text.last == "%", let number = Int(text.dropLast()), range.contains(number) else { throw .unexpected(hint: nil) }
            return number
        }
    }

    /// A size in bytes.
    static func size(_ range: ClosedRange<Int>) -> Grammar {
        let bounds = "from \(ByteCountText.show(range.lowerBound)) to \(ByteCountText.show(range.upperBound))"
        return scalar("size", expected: "a size such as 64KiB, 10MB or plain bytes, \(bounds)", show: ByteCountText.show) {
            text throws(ValueFault) in
            let bytes = try ByteCountText.read(text)
            guard range.contains(bytes) else { throw .unexpected(hint: nil) }
            return bytes
        }
    }
}

extension Grammar where Value == Duration {
    /// A length of time.
    static func duration(_ range: ClosedRange<Duration>) -> Grammar {
        let bounds = "from \(DurationText.show(range.lowerBound)) to \(DurationText.show(range.upperBound))"
        return scalar("duration", expected: "a duration such as 300ms, 5s, 2m or 1h, \(bounds)", show: DurationText.show) {
            text throws(ValueFault) in
            let duration = try DurationText.read(text)
            guard range.contains(duration) else { throw .unexpected(hint: nil) }
            return duration
        }
    }
}

extension Grammar where Value == String {
    /// Any text of one line that is not empty.
    static func text(_ name: String) -> Grammar {
        scalar(name, expected: "a \(name)", show: { $0 }) { text throws(ValueFault) in
            guard !text.isEmpty, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw .unexpected(hint: nil)
            }
            return text
        }
    }
}

extension Grammar where Value == String {
    /// What a small model is told: any text, also of several lines, with known placeholders.
    static var instructions: Grammar {
        scalar("text", expected: "a text of at most \(Placeholders.longestText) bytes", show: { $0 }) { text throws(ValueFault) in
            let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" || $0 == "\t" }
            guard !text.isEmpty, isPlain, text.utf8.count <= Placeholders.longestText else { throw .unexpected(hint: nil) }
            if let name = Placeholders.unknown(in: text, known: Placeholders.ofInstructions) {
                throw .rule("there is no placeholder \(Quoted.excerpt("{" + name + "}")); there are {language} and {limit}")
            }
            return text
        }
    }
}

extension Grammar where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of a few words.
    static var choice: Grammar {
        let words = Value.allCases.map(\.rawValue)
        return scalar(words.joined(separator: ", "), expected: "one of \(words.joined(separator: ", "))", show: { $0.rawValue }) {
            text throws(ValueFault) in
            if let value = Value(rawValue: text) { return value }
            throw .unexpected(hint: NearestName.of(text, among: words).map { "did you mean \"\($0)\"?" })
        }
    }
}

extension Grammar where Value == ModelPattern {
    /// A model name with stars.
    static var modelPattern: Grammar {
        scalar("pattern", expected: "a model name, with * for any characters", show: { $0.description }) { text throws(ValueFault) in
            guard !text.isEmpty, text.utf8.count <= 256 else { throw .unexpected(hint: nil) }
            return ModelPattern(text)
        }
    }
}

extension Grammar where Value == UpstreamAddress {
    /// An upstream's address. Complaints do not repeat it, for it may hold a password.
    static var address: Grammar {
        scalar("address", expected: "an address such as https://api.example.com/v1", show: { $0.description }) { text throws(ValueFault) in
            do throws(UpstreamAddress.Fault) {
                return try UpstreamAddress(text)
            } catch {
                throw .rule(Self.problem(error))
            }
        }
    }

    private static func problem(_ fault: UpstreamAddress.Fault) -> String {
        switch fault {
        case .scheme: "the address must begin with http:// or https://"
        case .host: "the address has no usable host"
        case .port: "the address's port must be a number from 1 to 65535"
        case .credentials: "the address must not hold a user name or password; use api_key or headers"
        case .queryOrFragment: "the address must not have a query or fragment"
        case .characters: "the address holds a character that is not allowed; write it in %-form"
        }
    }
}

extension Grammar where Value == Secret {
    /// A secret: in the environment the thing itself, in a file or a flag a reference to the environment.
    ///
    /// Complaints never repeat it. A literal is taken, with a warning.
    static var secret: Grammar {
        Grammar(
            name: "secret",
            read: { source, path, reading in
                guard case .text(let text) = source.shape, !text.isEmpty else {
                    reading.complain(at: source.origin, path: path, "expected a secret, found \(source.kind)", hint: Self.advice)
                    return nil
                }
                guard let value = Self.resolved(text, source.origin, path, &reading) else { return nil }
                guard value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                    reading.complain(
                        at: source.origin, path: path, "the secret holds a space, a line end or another character that no header can carry")
                    return nil
                }
                return Secret(value)
            },
            show: { "\"\($0)\"" })
    }

    private static var advice: String { "write env:NAME to take it from the environment variable NAME" }

    private static func resolved(_ text: String, _ origin: SettingOrigin, _ path: String, _ reading: inout Reading) -> String? {
        if case .environment = origin { return text }
        if let name = reading.reference(in: text) { return reading.lookUp(name, at: origin, path: path) }
        let place = if case .flag = origin { "in a command line, where every user of the machine can read it" } else { "in the file" }
        reading.complain(.warning, at: origin, path: path, "a secret stands \(place)", hint: advice)
        return text
    }
}
