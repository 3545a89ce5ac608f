import Testing

@testable import Upstream

struct RetryBudgetTests {
    private static let start = Duration.seconds(5000)

    private func taken(_ budget: inout RetryBudget, now: Duration = start, upTo limit: Int = 10_000) -> Int {
        var count = 0
        while count < limit, budget.takeToken(now: now) { count += 1 }
        return count
    }

    @Test func aFreshBudgetHasTheTokensOfOneSecond() {
        var budget = RetryBudget(share: 0.2, tokensPerSecond: 10)
        #expect(taken(&budget) == 10)
    }

    @Test func afterThatOneInFiveRequestsMayTryAgain() {
        var budget = RetryBudget(share: 0.2, tokensPerSecond: 0)
        #expect(taken(&budget) == 0)
        var tries = 0
        for _ in 0..<1000 {
            budget.requestCame()
            tries += taken(&budget)
        }
        #expect(tries == 200)
    }

    @Test func aRequestAloneIsNotEnough() {
        var budget = RetryBudget(share: 0.2, tokensPerSecond: 0)
        for _ in 0..<4 { budget.requestCame() }
        #expect(taken(&budget) == 0)
        budget.requestCame()
        #expect(taken(&budget) == 1)
    }

    @Test func timeBringsTokensUpToThoseOfOneSecond() {
        var budget = RetryBudget(share: 0, tokensPerSecond: 4)
        #expect(taken(&budget) == 4)
        #expect(taken(&budget, now: Self.start + .milliseconds(240)) == 0)
        #expect(taken(&budget, now: Self.start + .milliseconds(250)) == 1)
        #expect(taken(&budget, now: Self.start + .milliseconds(500)) == 1)
        #expect(taken(&budget, now: Self.start + .seconds(3600)) == 4)
    }

    @Test func manySmallStepsOfTimeBringWhatOneLargeBrings() {
        var budget = RetryBudget(share: 0, tokensPerSecond: 1)
        #expect(taken(&budget) == 1)
        var tries = 0
        for step in 1...1000 { tries += taken(&budget, now: Self.start + .milliseconds(step * 10)) }
        #expect(tries == 10)
    }

    @Test func aCalmHourDoesNotPayForAStorm() {
        var budget = RetryBudget(share: 0.2, tokensPerSecond: 10)
        for _ in 0..<100_000 { budget.requestCame() }
        #expect(taken(&budget) == 100)
        #expect(taken(&budget, now: Self.start + .seconds(3600)) == 10)
    }

    @Test func timeDoesNotTakeAwayWhatRequestsPaidIn() {
        var budget = RetryBudget(share: 0.5, tokensPerSecond: 1)
        for _ in 0..<100 { budget.requestCame() }
        #expect(taken(&budget, upTo: 1) == 1)
        #expect(taken(&budget, now: Self.start + .seconds(10)) == 50)
    }

    @Test func aClockThatStandsStillOrGoesBackBringsNothing() {
        var budget = RetryBudget(share: 0, tokensPerSecond: 2)
        #expect(taken(&budget) == 2)
        #expect(taken(&budget) == 0)
        #expect(taken(&budget, now: Self.start - .seconds(100)) == 0)
        #expect(taken(&budget, now: Self.start + .milliseconds(500)) == 1)
    }

    @Test func aBudgetOfNothingGivesNothing() {
        var budget = RetryBudget(share: 0, tokensPerSecond: 0)
        for _ in 0..<1000 { budget.requestCame() }
        #expect(taken(&budget, now: Self.start + .seconds(3600)) == 0)
        var odd = RetryBudget(share: -1, tokensPerSecond: -1)
        odd.requestCame()
        #expect(taken(&odd) == 0)
    }
}
