/// Spells simple LaTeX plainly: `\frac{1}{2}` as 1/2, `\boxed{42}` as 42, `x^{2}` as x^2, `\le` as ≤.
///
/// Anything it does not know makes the formula unreadable (nil), and the sentence around it is not quoted.
struct Formula {
    /// Nested groups; deeper ones are nothing for a summary.
    static let deepest = 6

    private let source: ArraySlice<UInt8>
    private var index: Int
    private var plain: [UInt8] = []
    private let depth: Int

    private init(_ source: ArraySlice<UInt8>, depth: Int) {
        self.source = source
        self.depth = depth
        index = source.startIndex
    }

    /// The formula in plain characters; nil when it holds something unknown.
    static func plain(_ source: ArraySlice<UInt8>) -> [UInt8]? { plain(source, depth: 0) }

    private static func plain(_ source: ArraySlice<UInt8>, depth: Int) -> [UInt8]? {
        guard depth <= deepest else { return nil }
        var formula = Formula(source, depth: depth)
        while formula.index < source.endIndex {
            guard formula.step() else { return nil }
        }
        while formula.plain.last == 0x20 { formula.plain.removeLast() }
        return formula.plain
    }

    /// Where the command at `start` ends, with the groups that follow it directly; nil without a name.
    static func endOfCommand(in source: [UInt8], at start: Int) -> Int? {
        var end = start + 1
        while end < source.count, Scalars.isASCIILetter(UInt32(source[end])) { end += 1 }
        guard end > start + 1 else { return nil }
        while end < source.count, source[end] == 0x7B {
            guard let close = closingBrace(of: source[...], at: end) else { return nil }
            end = close + 1
        }
        return end
    }

    private static func closingBrace(of source: ArraySlice<UInt8>, at open: Int) -> Int? {
        var level = 0
        for position in open..<source.endIndex {
            if source[position] == 0x7B { level += 1 }
            if source[position] == 0x7D { level -= 1 }
            if level == 0 { return position }
        }
        return nil
    }

    private mutating func step() -> Bool {
        let byte = source[index]
        switch byte {
        case 0x5C: return command()
        case 0x5E, 0x5F: return script(byte)
        case 0x7B, 0x7D, 0x26:
            index += 1
            return true
        case 0x20:
            if plain.last != 0x20, !plain.isEmpty { plain.append(0x20) }
            index += 1
            return true
        default:
            plain.append(byte)
            index += 1
            return true
        }
    }

    private mutating func command() -> Bool {
        var end = index + 1
        while end < source.endIndex, Scalars.isASCIILetter(UInt32(source[end])) { end += 1 }
        guard end > index + 1 else { return spacing() }
        let name = String(decoding: source[(index + 1)..<end], as: UTF8.self)  // WHY: valid UTF-8, once per sentence or prompt
        index = end
        if let symbol = Self.symbols[name] { return put(symbol) }
        if Self.transparent.contains(name) { return group(wrapped: false) }
        if Self.invisible.contains(name) { return true }
        switch name {
        case "frac", "dfrac", "tfrac": return fraction()
        case "sqrt":
            plain.append(contentsOf: "√".utf8)
            return group(wrapped: true)
        case "pmod":
            plain.append(contentsOf: "(mod ".utf8)
            defer { plain.append(0x29) }
            return group(wrapped: false)
        default: return false
        }
    }

    /// `\,` `\;` `\!` and escaped signs such as `\%`.
    private mutating func spacing() -> Bool {
        guard index + 1 < source.endIndex else { return false }
        let byte = source[index + 1]
        index += 2
        switch byte {
        case 0x2C, 0x3B, 0x3A, 0x20: plain.append(0x20)
        case 0x21: break
        case 0x25, 0x24, 0x26, 0x23, 0x7B, 0x7D: plain.append(byte)
        default: return false
        }
        return true
    }

    private mutating func put(_ symbol: String) -> Bool {
        plain.append(contentsOf: symbol.utf8)
        return true
    }

    private mutating func fraction() -> Bool {
        guard group(wrapped: true) else { return false }
        plain.append(0x2F)
        return group(wrapped: true)
    }

    private mutating func script(_ mark: UInt8) -> Bool {
        index += 1
        plain.append(mark)
        guard index < source.endIndex else { return false }
        return source[index] == 0x7B ? group(wrapped: true) : true
    }

    /// The group that follows, spelled plainly; in brackets if `wrapped` and longer than a number or a name.
    private mutating func group(wrapped: Bool) -> Bool {
        while index < source.endIndex, source[index] == 0x20 { index += 1 }
        guard index < source.endIndex else { return false }
        guard source[index] == 0x7B else { return step() }
        guard let close = Self.closingBrace(of: source, at: index),
            let inner = Self.plain(source[(index + 1)..<close], depth: depth + 1)
        else { return false }
        index = close + 1
        let isSimple = inner.allSatisfy { Scalars.isASCIILetter(UInt32($0)) || $0 &- 0x30 < 10 || $0 == 0x2E || $0 >= 0x80 }
        if wrapped && !isSimple {
            plain.append(0x28)
            plain.append(contentsOf: inner)
            plain.append(0x29)
        } else {
            plain.append(contentsOf: inner)
        }
        return true
    }

    private static let transparent: Set<String> = [
        "boxed", "text", "mathrm", "mathbf", "mathbb", "mathcal", "mathit", "operatorname", "textbf", "textit", "overline", "vec", "fbox",
        "mbox",
    ]

    private static let invisible: Set<String> = ["left", "right", "displaystyle", "big", "Big", "bigl", "bigr", "limits"]

    private static let symbols: [String: String] = [
        "times": "×", "cdot": "·", "div": "÷", "pm": "±", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠",
        "approx": "≈",
        "equiv": "≡", "to": "→", "rightarrow": "→", "Rightarrow": "⇒", "implies": "⇒", "iff": "⇔", "in": "∈", "notin": "∉", "subset": "⊂",
        "cup": "∪", "cap": "∩", "infty": "∞", "pi": "π", "theta": "θ", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "Delta": "Δ",
        "epsilon": "ε", "lambda": "λ", "mu": "μ", "sigma": "σ", "phi": "φ", "omega": "ω", "sum": "Σ", "prod": "Π", "int": "∫",
        "sin": "sin ",
        "cos": "cos ", "tan": "tan ", "log": "log ", "ln": "ln ", "mod": "mod", "bmod": "mod", "circ": "°", "ldots": "…", "dots": "…",
        "cdots": "…", "quad": " ", "qquad": " ", "mid": "|", "lt": "<", "gt": ">", "max": "max", "min": "min", "gcd": "gcd", "sim": "~",
        "therefore": "∴", "forall": "∀", "exists": "∃", "emptyset": "∅", "angle": "∠", "triangle": "△", "perp": "⊥", "parallel": "∥",
    ]
}
