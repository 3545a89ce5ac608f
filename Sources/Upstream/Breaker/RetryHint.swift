/// How long an upstream asks to be left alone, as the head of its response says.
///
/// Read, in this order: `retry-after-ms` (milliseconds), `Retry-After` (seconds, also with a fraction, or one of the three forms of an
/// HTTP date; RFC 9110, sections 10.2.3 and 5.6.7), and the resets of those rate limits of which nothing remains (`x-ratelimit-*` and
/// `ratelimit-*`: seconds, `1m30s`, or a time since 1970). What is no such value says nothing.
public enum RetryHint {
    /// The longest time that is believed.
    public static let longest = Duration.seconds(300)

    /// What is left of the time to wait.
    ///
    /// - Parameters:
    ///   - head: the response's head. Dates in it are measured against its own `Date`, for the upstream's clock may be wrong.
    ///   - wallClock: our seconds since 1970, for a head without a `Date`.
    /// - Returns: the time; nil if the head asks for none, or for one that is over.
    public static func wait(in head: ResponseHead, wallClock: Double) -> Duration? {
        let now = head.first("date").flatMap { HTTPDate.seconds($0.utf8) }.map(Double.init) ?? wallClock
        let seconds =
            head.first("retry-after-ms").flatMap(number).map { $0 / 1000 } ?? head.first("retry-after").flatMap { after($0, now: now) }
            ?? reset(in: head, now: now)
        guard let seconds, seconds > 0 else { return nil }
        return .milliseconds(Int64((min(seconds, longest / .seconds(1)) * 1000).rounded(.up)))
    }

    private static func after(_ text: String, now: Double) -> Double? {
        number(text) ?? HTTPDate.seconds(text.utf8).map { Double($0) - now }
    }

    /// The longest of the resets that belong to a limit with nothing left.
    private static func reset(in head: ResponseHead, now: Double) -> Double? {
        var longest: Double?
        for prefix in ["x-ratelimit", "ratelimit"] {
            for suffix in ["", "-requests", "-tokens"] where head.first("\(prefix)-remaining\(suffix)").flatMap(number) == 0 {
                guard let text = head.first("\(prefix)-reset\(suffix)"), let wait = resetTime(text, now: now) else { continue }
                longest = max(longest ?? wait, wait)
            }
        }
        return longest
    }

    /// Large numbers are times since 1970, in seconds or milliseconds.
    private static func resetTime(_ text: String, now: Double) -> Double? {
        guard let number = number(text) else { return spelledOut(text) }
        if number >= 1e12 { return number / 1000 - now }
        return number >= 1e9 ? number - now : number
    }

    /// Digits, and perhaps a point and digits. No sign, no exponent, no space.
    private static func number(_ text: String) -> Double? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isDigit) }), text.utf8.count <= 40 else { return nil }
        return Double(text)
    }

    private static func spelling(_ bytes: Substring.UTF8View.SubSequence) -> String {
        String(Substring(bytes))
    }

    /// `1h2m3.5s`, `6m0s`, `20ms`.
    private static func spelledOut(_ text: String) -> Double? {
        var rest = text.utf8[...]
        var seconds = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isDigit || $0 == UInt8(ascii: ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !$0.isDigit }
            rest = rest.dropFirst(unit.count)
            guard let number = number(spelling(digits)) else { return nil }
            switch spelling(unit) {
            case "h": seconds += number * 3600
            case "m": seconds += number * 60
            case "s": seconds += number
            case "ms": seconds += number / 1000
            default: return nil
            }
        }
        return seconds
    }
}

/// The three forms of a date in HTTP: `Sun, 06 Nov 1994 08:49:37 GMT` and the two obsolete ones that a recipient must read as well.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Seconds since 1970; nil for what is no such date.
    static func seconds(_ text: String.UTF8View) -> Int64? {
        guard text.count <= 40 else { return nil }
        let parts = text.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "-") }
            .map { String(decoding: $0, as: UTF8.self) }  // WHY: a few bytes of a header, once per refusal
        switch parts.count {
        case 6 where parts[5] == "GMT": return seconds(day: parts[1], month: parts[2], year: parts[3], time: parts[4])
        case 5: return seconds(day: parts[2], month: parts[1], year: parts[4], time: parts[3])
        default: return nil
        }
    }

    private static func seconds(day: String, month: String, year: String, time: String) -> Int64? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { count(String($0), digits: 2...2) }
        guard
            let day = count(day, digits: 1...2), (1...31).contains(day), let month = months.firstIndex(of: month),
            let year = count(year, digits: 2...4), clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let fullYear = year >= 100 ? year : year < 70 ? 2000 + year : 1900 + year
        guard fullYear >= 1970 else { return nil }
        return daysSince1970(fullYear, month + 1, day) * 86_400 + hour * 3600 + minute * 60 + second
    }

    private static func count(_ text: String, digits: ClosedRange<Int>) -> Int64? {
        digits.contains(text.utf8.count) && text.utf8.allSatisfy(\.isDigit) ? Int64(text) : nil
    }

    /// The proleptic Gregorian calendar, with years that begin in March so that the leap day is the last.
    private static func daysSince1970(_ year: Int64, _ month: Int, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = Int64((153 * ((month + 9) % 12) + 2) / 5) + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= 0x30 && self <= 0x39 }
}
