import Detect
import Testing

@Suite("Profiles: start states, look-up and lint")
struct ProfileTests {
    private func profile(_ rule: StartRule, efforts: [String] = []) throws -> CompiledProfile {
        var data = Profile(name: "x", summary: "")
        data.starts = [.text("<think>")]
        data.ends = [.text("</think>")]
        data.startRule = rule
        data.effortsThatDisable = efforts
        return try CompiledProfile(data)
    }

    @Test(arguments: [
        (StartRule.outside, StartState.outside, StartState.outside, StartState.outside),
        (.inside, .inside, .inside, .inside),
        (.insideUnlessOff(.enableThinking), .inside, .inside, .outside),
        (.insideIfOn(.enableThinking), .outside, .inside, .outside),
        (.insideIfOn(.thinking), .outside, .outside, .outside),
        (.undecidedIfOn([.thinking, .enableThinking]), .outside, .undecided, .outside),
    ])
    func theRequestDecidesTheStart(_ rule: StartRule, _ absent: StartState, _ on: StartState, _ off: StartState) throws {
        let profile = try profile(rule)
        #expect(profile.startState(for: ThinkingRequest()) == absent)
        #expect(profile.startState(for: ThinkingRequest(enableThinking: true)) == on)
        #expect(profile.startState(for: ThinkingRequest(enableThinking: false)) == off)
    }

    @Test func theEffortDecidesWhereTheFamilyReadsIt() throws {
        let byEffort = try profile(.insideIfEffort(unless: ["none", "no_think"]))
        #expect(byEffort.startState(for: ThinkingRequest()) == .outside)
        #expect(byEffort.startState(for: ThinkingRequest(reasoningEffort: "high")) == .inside)
        #expect(byEffort.startState(for: ThinkingRequest(reasoningEffort: "no_think")) == .outside)
        let disabling = try profile(.insideIfOn(.thinking), efforts: ["none"])
        #expect(disabling.startState(for: ThinkingRequest(thinking: true, reasoningEffort: "none")) == .outside)
    }

    @Test(arguments: [
        ("<think>\nso far", StartState.inside), ("<think>x</think>Dear", .outside), ("Dear", .outside),
        ("</think> <think>", .inside), ("", .inside),
    ])
    func aPrefillDecidesByItsLastMarker(_ prefill: String, _ state: StartState) throws {
        #expect(try profile(.inside).startState(for: ThinkingRequest(prefill: Array(prefill.utf8))) == state)
    }

    @Test func aCatalogueFindsByNameAndFallsBackToTheLast() throws {
        var first = Profile(name: "first", summary: "")
        first.modelPatterns = ["qwen-?3"]
        let catalogue = try ProfileCatalogue.builtIn(with: [first])
        #expect(catalogue.profile(forModel: "Qwen/QWEN3-8B").profile.name == "first")
        #expect(catalogue.profile(forModel: "gpt-4o").profile.name == "default")
        #expect(catalogue.named("first") != nil)
        #expect(catalogue.named("nobody") == nil)
    }

    @Test func aConfiguredProfileReplacesTheBuiltInOfItsNameAndTheDefaultStaysLast() throws {
        var mine = Profile(name: "default", summary: "mine")
        mine.starts = [.text("<mine>")]
        let other = Profile(name: "qwen3", summary: "mine, too")
        let catalogue = try ProfileCatalogue.builtIn(with: [mine, other])
        #expect(catalogue.profiles.count == ProfileCatalogue.builtIn.profiles.count)
        #expect(catalogue.named("qwen3")?.profile.summary == "mine, too")
        #expect(catalogue.profile(forModel: "gpt-4o").profile.summary == "mine")
        #expect(catalogue.profile(forModel: "gpt-oss").profile.name == "gpt-oss")
    }

    @Test func aProfileIsCompiledOnce() throws {
        #expect(ProfileCatalogue.builtIn.named("qwen3") === ProfileCatalogue.builtIn.profile(forModel: "qwen3-8b"))
    }

    @Test func twoProfilesOfOneNameAreAnError() throws {
        let twice = [Profile(name: "x", summary: ""), Profile(name: "x", summary: "")]
        let error = try #require(throws: ProfileError.self) { try ProfileCatalogue(twice) }
        #expect(error.description == "profile 'x' is defined twice; give one of them another name")
    }

    @Test(arguments: [
        ("<a[^>]*>", "'*' has no bound"), ("<a+>", "'+' has no bound"), ("a{3,}", "'{n,}' has no bound"), ("a?", "empty string"),
        ("(a)\\1", "back-references"), ("(?<n>a)\\k<n>", "\\k is not allowed"), ("a\\Kb", "\\K is not allowed"),
        ("a\\Cb", "\\C is not allowed"), ("(?<=.{17})a", "looks back 17 bytes"), ("(*COMMIT)a", "'(*' verbs"), ("(?R)a", "recursion"),
        ("a(b", "missing closing parenthesis"), ("\\Qa+\\E", "\\Q is not allowed"), ("a\\Rb", "\\R is not allowed"),
    ])
    func aPatternThatCouldHarmIsRefusedWithAReason(_ pattern: String, _ reason: String) throws {
        var data = Profile(name: "mine", summary: "")
        data.starts = [.pattern(pattern)]
        let error = try #require(throws: ProfileError.self) { try CompiledProfile(data) }
        #expect(error.description.hasPrefix("profile 'mine', pattern '\(pattern)': "))
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test(arguments: ["<a[^>*+]{0,40}>", "[]a{3,}]b", "a\\+b\\*", "a{2,3}", "a{b,}", "[^]*]x", "(?<![^\\n])T", "[[:alpha:]]x"])
    func aBoundedPatternIsAccepted(_ pattern: String) throws {
        var data = Profile(name: "mine", summary: "")
        data.starts = [.pattern(pattern)]
        _ = try CompiledProfile(data)
    }

    @Test func aModelPatternThatDoesNotCompileIsRefused() throws {
        var data = Profile(name: "mine", summary: "")
        data.modelPatterns = ["qwen("]
        let error = try #require(throws: ProfileError.self) { try CompiledProfile(data) }
        #expect(error.description == "profile 'mine', pattern 'qwen(': alternative 0, byte 5: missing closing parenthesis")
    }

    @Test func aLiteralMarkerIsTakenLiterally() throws {
        for text in ["a+b*c", "[x]", "<|a|>", "(?:", "◁é▷", "a\\b", "#-_ \n{3,}"] {
            var data = Profile(name: "literal", summary: "")
            data.starts = [.text(text)]
            let split = Setting(profile: try CompiledProfile(data), whitespace: .exact, end: .cut).run([Array((text + "r").utf8)])
            #expect(split.segments == [Split.Segment(kind: .reasoning, text: Array("r".utf8))], "\(text)")
        }
    }
}
