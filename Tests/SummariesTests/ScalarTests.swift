import Testing

@testable import Summaries

@Suite struct ScalarTests {
    private func assembled(_ bytes: [UInt8]) -> [UInt32] {
        var assembler = ScalarAssembler()
        var scalars: [UInt32] = []
        var index = 0
        while index < bytes.count {
            switch assembler.take(bytes[index]) {
            case .more: index += 1
            case .scalar(let scalar):
                scalars.append(scalar)
                index += 1
            case .broken: scalars.append(Scalars.replacement)
            }
        }
        if assembler.reset() { scalars.append(Scalars.replacement) }
        return scalars
    }

    private func cursored(_ bytes: [UInt8]) -> [UInt32] {
        var cursor = ScalarCursor(to: bytes.count)
        var scalars: [UInt32] = []
        while let scalar = cursor.next(in: bytes.span) { scalars.append(scalar) }
        return scalars
    }

    @Test func everyScalarComesBack() {
        let samples = [
            "a", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}", "中", "👍",
        ]
        for sample in samples {
            let scalar = sample.unicodeScalars.first?.value ?? 0
            var bytes: [UInt8] = []
            bytes.append(scalar: scalar)
            #expect(bytes == Array(sample.utf8))
            #expect(assembled(bytes) == [scalar] && cursored(bytes) == [scalar])
        }
    }

    @Test func brokenBytesAreRepairedAsTheStandardLibraryDoes() {
        var numbers = SeededNumbers(state: 11)
        // Bytes that matter to UTF-8 much more often than by chance.
        let special: [UInt8] = [0x80, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xA0, 0x9F, 0xED, 0xEF, 0xF0, 0x90, 0x8F, 0xF4, 0xF5, 0xFF, 0x41]
        for _ in 0..<4_000 {
            let bytes = (0..<Int.random(in: 1...9, using: &numbers)).map { _ in special[Int.random(in: special.indices, using: &numbers)] }
            let expected = String(decoding: bytes, as: UTF8.self).unicodeScalars.map(\.value)
            #expect(assembled(bytes) == expected, "\(bytes)")
            #expect(cursored(bytes) == expected, "\(bytes)")
        }
    }

    @Test(arguments: [
        ("letter letters", 1), ("three 3", 1), ("-2 2", 2), ("3.14 3", 2),
        ("über Über", 1), ("ОТВЕТ ответ", 1), ("l'eau eau", 2),
    ])
    func formsOfAWordAreOneTerm(_ text: String, _ distinct: Int) {
        var terms: [Term] = []
        TermReader.read(Array(text.utf8).span, into: &terms)
        let identities = Set(terms.map { Lexicon.shared.identity(of: $0) })
        #expect(identities.count == distinct)
    }
}
