import Settings
import Testing

/// Durations, sizes, addresses and patterns.
@Suite struct ValueTests {
    @Test(
        "durations are a whole number and a unit",
        arguments: [
            ("0s", Duration.zero, "0s"), ("1ms", .milliseconds(1), "1ms"), ("300ms", .milliseconds(300), "300ms"),
            ("1000ms", .seconds(1), "1s"),
            ("5s", .seconds(5), "5s"), ("90s", .seconds(90), "90s"), ("120s", .seconds(120), "2m"), ("2m", .seconds(120), "2m"),
            ("1h", .seconds(3600), "1h"),
        ])
    func duration(text: String, value: Duration, shown: String) throws {
        let settings = try load(flags: [("shutdown-grace", text)])
        #expect(settings.shutdown.grace == value)
        #expect(settings.shown("shutdown.grace") == shown)
    }

    @Test(
        "what is no duration is refused",
        arguments: ["5", "s", "5 s", "1.5s", "-1s", "5S", "5sec", "", "9223372036854775807h", "٣s", "+1s", "2h"])
    func badDuration(text: String) {
        #expect(throws: SettingsReport.self) { try load("shutdown: {grace: \"\(text)\"}") }
    }

    @Test(
        "sizes are plain bytes or a number with a unit",
        arguments: [
            ("2000", 2000, "2KB"), ("1025", 1025, "1025"), ("4096B", 4096, "4KiB"), ("64KiB", 65536, "64KiB"), ("64 kib", 65536, "64KiB"),
            ("10MB", 10_000_000, "10MB"), ("10MiB", 10 << 20, "10MiB"), ("1GiB", 1 << 30, "1GiB"),
        ])
    func size(text: String, value: Int, shown: String) throws {
        let settings = try load(flags: [("limits-body-bytes", text)])
        #expect(settings.limits.bodyBytes == value)
        #expect(settings.shown("limits.body_bytes") == shown)
    }

    @Test(
        "what is no size is refused",
        arguments: ["10M", "10K", "1.5MiB", "-1", "0x10", "KiB", "1TiB", "9223372036854775807GiB", "1  KiB", "2GiB", "٣KB"])
    func badSize(text: String) {
        #expect(throws: SettingsReport.self) { try load("limits: {body_bytes: \"\(text)\"}") }
    }

    @Test(
        "an address gives the addresses of its end points",
        arguments: [
            ("http://localhost:9000", "http://localhost:9000/v1/models"), ("http://localhost:9000/", "http://localhost:9000/v1/models"),
            ("HTTPS://API.Example.com/v1", "https://api.example.com/v1/models"),
            ("https://a.example/api/v1/", "https://a.example/api/v1/models"),
            ("http://[::1]:80/v1beta/openai", "http://[::1]:80/v1beta/openai/models"),
        ])
    func address(text: String, endpoint: String) throws {
        #expect(try UpstreamAddress(text).endpoint("models") == endpoint)
    }

    @Test(
        "what is no address is refused with the reason",
        arguments: [
            ("", UpstreamAddress.Fault.scheme), ("a.example", .scheme), ("file:///etc", .scheme), ("http://", .host), ("http://:80", .host),
            ("http://[::1", .host), ("http://[]", .host), ("http://[::1]x", .host), ("http://a:", .port), ("http://a:0", .port),
            ("http://a:65536", .port),
            ("http://a:8x", .port), ("http://u@a", .credentials), ("http://a?b", .queryOrFragment), ("http://a/#b", .queryOrFragment),
            ("http://a/ b", .characters), ("http://a/\r\nX: y", .characters), ("http://ä", .characters),
        ])
    func badAddress(text: String, fault: UpstreamAddress.Fault) {
        #expect(throws: fault) { try UpstreamAddress(text) }
    }

    @Test(
        "an origin is taken only as browsers spell it",
        arguments: [
            ("https://chat.example.com", nil), ("http://localhost:3000", nil), ("http://[::1]:8081", nil), ("*", WebOrigin.Fault.star),
            ("null", .address), ("chat.example.com", .address), ("https://*.example.com", .address), ("https://a.example/", .path),
            ("https://a.example/chat", .path), ("https://a.example:443", .standardPort), ("http://a.example:80", .standardPort),
            ("https://a.example, https://b.example", .address), ("", .address),
        ])
    func origin(text: String, fault: WebOrigin.Fault?) throws {
        if let fault {
            #expect(throws: fault) { try WebOrigin(text) }
        } else {
            #expect(try WebOrigin(text).description == text)
        }
    }

    @Test(
        "a star stands for any run of characters",
        arguments: [
            ("*", "", true), ("*", "a", true), ("a", "a", true), ("a", "A", false), ("a*", "a", true), ("a*", "ba", false),
            ("*a", "ba", true),
            ("a*c", "abcbc", true), ("a*c", "abcb", false), ("*b*", "abc", true), ("a**c", "ac", true), ("", "", true), ("", "a", false),
            ("qwen3:*-thinking", "qwen3:8b-thinking", true), ("模*", "模型", true),
        ])
    func pattern(pattern: String, name: String, fits: Bool) {
        #expect(ModelPattern(pattern).matches(name) == fits)
    }

    @Test("a pattern full of stars costs no more than both lengths together allow")
    func evilPattern() {
        #expect(!ModelPattern(String(repeating: "a*", count: 500) + "b").matches(String(repeating: "a", count: 5000)))
    }
}
