import ArgumentParser
import Foundation

/// When output is coloured.
enum ColourChoice: String, CaseIterable, ExpressibleByArgument {
    case auto, always, never

    /// Decides for the standard output: the option, then `NO_COLOR`, else a terminal that is not dumb has colour.
    var paint: Paint {
        switch self {
        case .always: return Paint(isOn: true)
        case .never: return Paint(isOn: false)
        case .auto: break
        }
        let environment = ProcessInfo.processInfo.environment
        let isPlain = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
        return Paint(isOn: !isPlain && isatty(STDOUT_FILENO) == 1)
    }
}

/// Puts colours around text for a terminal, or leaves it as it is.
struct Paint {
    /// What is coloured.
    enum Tint: String {
        case strong = "1"
        case faint = "2"
        case reasoning = "33"
        case answer = "32"
        case marker = "1;36"
        case white = "2;35"
        case call = "34"
    }

    let isOn: Bool

    func callAsFunction(_ text: String, _ tint: Tint) -> String {
        isOn && !text.isEmpty ? "\u{1B}[\(tint.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// Text of others for a terminal: nothing in it can move the cursor or hide something.
enum VisibleText {
    /// The text with control characters made visible; line ends stay.
    static func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.unicodeScalars.map(shown).joined() }
    }

    /// The same on one line, for a marker: line ends become visible, too.
    static func line(_ text: String) -> String {
        lines(text).joined(separator: "⏎")
    }

    /// White space by signs one can see.
    static func white(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            switch byte {
            case 0x20: "␠"
            case 0x0A: "⏎"
            case 0x0D: "␍"
            case 0x09: "⇥"
            default: "·"
            }
        }.joined()
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x09: "\t"
        case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value).map { String($0) } ?? "?"
        case 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: "\\u{\(String(scalar.value, radix: 16))}"
        default: String(scalar)
        }
    }
}
