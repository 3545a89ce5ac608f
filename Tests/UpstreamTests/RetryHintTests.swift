import Testing

@testable import Upstream

/// What heads say about when to come back; each line is a head and the milliseconds it means.
struct RetryHintTests {
    /// 6 November 1994, 08:49:37.
    static let moment = 784_111_777.0

    static let cases: [([(String, String)], Int?)] = [
        // Seconds.
        ([("retry-after", "7")], 7000), ([("retry-after", "0007")], 7000), ([("retry-after", "1.5")], 1500),
        ([("retry-after", "300")], 300_000), ([("retry-after", "301")], 300_000), ([("retry-after", "99999999999999999999999")], 300_000),
        ([("retry-after", "0")], nil), ([("retry-after", "0.0")], nil),
        // Garbage says nothing.
        ([("retry-after", "")], nil), ([("retry-after", "-5")], nil), ([("retry-after", "+5")], nil), ([("retry-after", "5s")], nil),
        ([("retry-after", "0x10")], nil), ([("retry-after", "1e3")], nil), ([("retry-after", "1.")], nil), ([("retry-after", ".5")], nil),
        ([("retry-after", "1.2.3")], nil), ([("retry-after", "inf")], nil), ([("retry-after", "nan")], nil),
        ([("retry-after", "soon")], nil), ([("retry-after", "5 5")], nil), ([("retry-after", "٥")], nil),
        // Dates, all three forms, against the upstream's own clock.
        ([("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")], 10_000),
        ([("retry-after", "Sunday, 06-Nov-94 08:49:47 GMT"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")], 10_000),
        ([("retry-after", "Sun Nov  6 08:49:47 1994"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")], 10_000),
        ([("retry-after", "Wed, 01 Mar 2028 00:00:05 GMT"), ("date", "Tue, 29 Feb 2028 23:59:55 GMT")], 10_000),
        ([("retry-after", "Sat, 01 Jan 2000 00:00:01 GMT"), ("date", "Fri, 31 Dec 1999 23:59:59 GMT")], 2000),
        ([("retry-after", "Thu, 01 Mar 2001 00:00:00 GMT"), ("date", "Wed, 28 Feb 2001 23:59:00 GMT")], 60_000),
        // Without one, against ours.
        ([("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT")], 3000),
        ([("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT"), ("date", "?")], 3000),
        ([("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], nil), ([("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")], nil),
        ([("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")], 300_000),
        // Dates that are none.
        ([("retry-after", "Sun, 32 Nov 1994 08:49:40 GMT")], nil), ([("retry-after", "Sun, 06 Nox 1994 08:49:40 GMT")], nil),
        ([("retry-after", "Sun, 06 Nov 1994 24:49:40 GMT")], nil), ([("retry-after", "Sun, 06 Nov 1994 08:49 GMT")], nil),
        ([("retry-after", "Sun, 06 Nov 1994 08:49:40 CET")], nil), ([("retry-after", "Sun, 06 Nov 1994 08:49:40")], nil),
        ([("retry-after", "Sun, 06 Nov 1894 08:49:40 GMT")], nil), ([("retry-after", "Sun, -6 Nov 1994 08:+9:40 GMT")], nil),
        ([("retry-after", "1994-11-06T08:49:40Z")], nil), ([("retry-after", String(repeating: "Sun, ", count: 2000))], nil),
        // Milliseconds are more exact than seconds.
        ([("retry-after-ms", "1500"), ("retry-after", "2")], 1500), ([("retry-after-ms", "soon"), ("retry-after", "2")], 2000),
        ([("retry-after-ms", "99999999")], 300_000), ([("retry-after-ms", "0.4")], 1),
        // Rate limits of which nothing remains; the longest counts.
        ([("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "6m0s")], 300_000),
        ([("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "1m30.5s")], 90_500),
        ([("x-ratelimit-remaining-requests", "3"), ("x-ratelimit-reset-requests", "90s")], nil),
        (
            [
                ("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "20ms"), ("x-ratelimit-remaining-tokens", "0"),
                ("x-ratelimit-reset-tokens", "2s"),
            ], 2000
        ),
        ([("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "30")], 30_000),
        ([("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1784111787"), ("date", "Fri, 01 Jan 2038 00:00:00 GMT")], nil),
        ([("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1763692810"), ("date", "Fri, 21 Nov 2025 02:40:00 GMT")], 10_000),
        ([("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1763692810500"), ("date", "Fri, 21 Nov 2025 02:40:00 GMT")], 10_500),
        ([("ratelimit-remaining", "0"), ("ratelimit-reset", "12")], 12_000),
        ([("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1d")], nil),
        ([("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "s")], nil),
        ([("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "")], nil), ([("x-ratelimit-reset", "30")], nil),
        ([("retry-after", "1"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "30")], 1000), ([], nil),
    ]

    @Test func everyFormIsReadAndGarbageSaysNothing() {
        for (headers, expected) in Self.cases {
            let head = ResponseHead(status: 429, headers: headers.map { (name: $0.0, value: $0.1) })
            let wait = RetryHint.wait(in: head, wallClock: Self.moment)
            #expect(wait == expected.map { .milliseconds($0) }, "\(headers): \(String(describing: wait))")
        }
    }

    @Test func everyDayOfThreeCenturiesIsTheOneBehindTheDayBefore() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var expected: Int64 = 0
        for year in 1970..<2270 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for (month, name) in names.enumerated() {
                for day in 1...(lengths[month] + (isLeap && month == 1 ? 1 : 0)) {
                    let two = day < 10 ? "0\(day)" : "\(day)"
                    guard HTTPDate.seconds("Xxx, \(two) \(name) \(year) 00:00:00 GMT".utf8) == expected else {
                        Issue.record("\(day) \(name) \(year)")
                        return
                    }
                    expected += 86_400
                }
            }
        }
    }
}
