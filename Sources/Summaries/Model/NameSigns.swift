/// Which words of a step are names of persons, places or things, as far as their spelling tells.
///
/// Acronyms and identifiers are names everywhere. A capital makes a name except at a sentence's beginning, where a following verb must
/// help, and in German, where it makes a noun: there an article or adjective before the word, or an ending that only nouns have, says that
/// it is none.
enum NameSigns {
    /// Whether `word`, which stands before `next`, is to be found in the evidence.
    static func isName(_ word: Word, before next: Word?, in language: LanguageGuess.Language) -> Bool {
        guard word.length > 1 else { return false }
        if word.isIdentifier || word.isAcronym { return true }
        guard word.isCapitalised, !neverNames.contains(word.folded) else { return false }
        if word.isInitial { return begins(word, next) }
        return language == .german ? isGermanName(word) : true
    }

    /// "Einstein finds", "Paris is": a capital at the beginning and a verb behind it.
    private static func begins(_ word: Word, _ next: Word?) -> Bool {
        guard let next, !next.isCapitalised, !starters.contains(word.folded), !isVerbOrAdverb(word.folded) else { return false }
        if verbs.contains(next.folded) { return true }
        return next.length > 3 && next.folded.hasSuffix("s") && !next.folded.hasSuffix("ss") && !plurals.contains(next.folded)
    }

    /// "Checks", "Testing", "Applied", "Finally" begin a step without being names.
    private static func isVerbOrAdverb(_ word: String) -> Bool {
        word.hasSuffix("s") || word.hasSuffix("ing") || word.hasSuffix("ed") || word.hasSuffix("ly")
    }

    private static func isGermanName(_ word: Word) -> Bool {
        if word.before.isEmpty { return false }
        if germanDeterminers.contains(word.before) || germanAdjectiveEndings.contains(where: { word.before.hasSuffix($0) }) { return false }
        return !germanNounEndings.contains { word.folded.hasSuffix($0) }
    }

    private static func words(_ list: String) -> Set<String> { Set(list.split(whereSeparator: \.isWhitespace).map(String.init)) }

    private static let neverNames = words("i ok okay")

    private static let verbs = words("is was has had did does said found proved wrote shows means gives equals cannot can will would must")

    private static let plurals = words(
        "this cases numbers values terms words lines steps others sides factors times ways points always perhaps thus")

    private static let starters = words(
        """
        the this that these those it its he she they we you each every all both which what one two no a an and but so then now here there if when
        while since because as by with for from in on at to model reasoning analysis step answer result text question problem number value
        case approach method solution claim first second third last next another other some any most neither nobody nothing everything whether
        only also total sum product list order user proof code function test
        """)

    private static let germanDeterminers = words(
        """
        der die das den dem des ein eine einen einem einer eines kein keine keinen keiner keines sein seine seinen seiner seines ihr ihre ihren
        ihrer ihres dieser diese dieses diesen diesem jeder jede jedes jeden alle aller allen mehrere einige viele zwei drei vier fünf sechs sieben
        acht neun zehn beide beiden zum zur im am beim vom ins ans als pro 0
        """)

    private static let germanAdjectiveEndings = ["en", "em", "er", "es", "lich", "isch", "ige", "iche", "che", "ere", "ste"]

    private static let germanNounEndings = [
        "ung", "ungen", "heit", "heiten", "keit", "keiten", "schaft", "schaften", "tion", "tionen", "tät", "täten", "nis", "nisse", "ment",
        "mente", "zahl", "zahlen", "teil", "teile", "teiler", "wert", "werte", "fall", "fälle", "weg", "wege", "schritt", "schritte",
        "frage",
        "fragen", "antwort", "antworten", "lösung", "zeit", "zeiten", "satz", "sätze", "text", "texte", "code", "liste", "listen", "reihe",
        "reihen", "summe", "summen", "produkt", "produkte", "faktor", "faktoren", "möglichkeit", "ergebnis", "beispiel", "beispiele",
        "grund",
        "gründe", "punkt", "punkte", "regel", "regeln", "formel", "formeln",
    ]
}
