import Foundation
import Testing

extension EndToEnd {
    /// What operators and their tools ask for.
    @Suite struct OperationsTests {
        @Test func healthTellsWhatIsGoingOn() throws {
            let house = try House()
            for path in ["/health", "/healthz", "/livez", "/readyz"] {
                let reply = try house.send(Request("GET", path))
                #expect(reply.status == 200, "\(path)")
                #expect(reply.header("content-type") == "application/json", "\(path)")
                #expect(reply.header("x-request-id") != nil, "\(path)")
                #expect(reply.json["status"].string == "ok", "\(path)")
            }
            let stream = try house.heldStream()
            let health = try house.send(Request("GET", "/health")).json
            #expect(health["version"].string == "0.1.0")
            #expect(health["uptime_seconds"].int != nil)
            #expect(health["streams_open"].int == 1)
            #expect(health["upstreams"][0]["name"].string == "default")
            #expect(health["upstreams"][0]["in_flight"].int == 1)
            // None of it asked the upstream.
            #expect(try house.upstreamRequests() == 1)
            stream.close()
        }

        @Test func healthAnswersWhileTheUpstreamIsDown() throws {
            let proxy = try House.startProxy(upstreamPort: try House.freePort())
            let port = try House.port(of: proxy)
            for path in ["/health", "/livez", "/metrics"] {
                let time = try measured { _ = try RawConnection(port: port).exchange(Request("GET", path)) }
                #expect(time < .milliseconds(500), "\(path)")
            }
        }

        @Test func headIsGetWithoutABodyAndOtherMethodsAreNamed() throws {
            let house = try House()
            let connection = try house.connect()
            for path in ["/health", "/livez", "/readyz", "/metrics", "/v1/models"] {
                let head = try connection.exchange(Request("HEAD", path))
                #expect(head.status == 200, "\(path)")
                #expect(Int(head.header("content-length") ?? "") ?? 0 > 0, "\(path)")
                #expect(try connection.exchange(Request("GET", path)).status == 200, "\(path)")
                let refused = try connection.exchange(Request("DELETE", path))
                #expect(refused.status == 405, "\(path)")
                #expect(refused.header("allow") == "GET, HEAD", "\(path)")
                #expect(refused.errorCode == "method_not_allowed", "\(path)")
            }
            #expect(connection.received.isEmpty)
        }

        @Test func metricsAreWellFormedAndCount() throws {
            let house = try House()
            for _ in 0..<3 { _ = try house.stream("fast") }
            _ = try house.send(Request("GET", "/nothing"))
            _ = try house.stream("error-500")
            let prefix = "reasoning_proxy_"
            // A request is counted behind its last byte, and the next one may be answered by another thread.
            let reply = try eventually("all requests are counted") {
                let reply = try house.send(Request("GET", "/metrics"))
                return reply.text.contains("status=\"502\"") && reply.text.contains("stream_ends_total{end=\"finished\"} 3") ? reply : nil
            }
            #expect(reply.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
            let samples = try Self.parse(reply.text)
            #expect(samples[prefix + "requests_total{route=\"/v1/chat/completions\",status=\"200\"}"] == 3)
            #expect(samples[prefix + "requests_total{route=\"/v1/chat/completions\",status=\"502\"}"] == 1)
            #expect(samples[prefix + "requests_total{route=\"other\",status=\"404\"}"] == 1)
            #expect(samples[prefix + "stream_ends_total{end=\"finished\"}"] == 3)
            #expect(samples[prefix + "time_to_first_frame_seconds_count"] == 3)
            #expect(samples[prefix + "time_to_first_answer_seconds_bucket{le=\"+Inf\"}"] == 3)
            #expect(samples[prefix + "answer_bytes_total"] == 39)
            #expect(samples[prefix + "upstream_failures_total{upstream=\"default\",code=\"upstream_error\"}"] == 1)
        }

        @Test func connectionsOfStreamsThatEndedWellAreCounted() throws {
            let house = try House()
            for _ in 0..<3 { _ = try house.stream("fast") }
            // A connection is counted when its transfer has ended, which is behind the end of the answer.
            let counts = try eventually("all transfers have ended") {
                let prefix = "reasoning_proxy_upstream_connections_total"
                let samples = try Self.parse(house.send(Request("GET", "/metrics")).text).filter { $0.key.hasPrefix(prefix) }
                return samples.values.reduce(0, +) == 3 ? samples : nil
            }
            #expect(counts["reasoning_proxy_upstream_connections_total{kind=\"new\"}", default: 0] >= 1)
        }

        /// Reads the exposition format strictly: every sample behind the HELP and TYPE lines of its family, every value a number,
        /// every histogram growing towards `+Inf`.
        private static func parse(_ text: String) throws -> [String: Double] {
            var samples: [String: Double] = [:]
            var family = ""
            var previousBucket: (series: String, value: Double) = ("", 0)
            #expect(text.hasSuffix("\n"))
            for line in text.split(separator: "\n") {
                if line.hasPrefix("# ") {
                    let words = line.split(separator: " ", maxSplits: 3)
                    #expect(words.count == 4 && ["HELP", "TYPE"].contains(words[1]), "\(line)")
                    if words[1] == "TYPE" {
                        #expect(words[2] == family, "TYPE without HELP: \(line)")
                        #expect(["counter", "gauge", "histogram"].contains(words[3]), "\(line)")
                    }
                    family = String(words[2])
                    continue
                }
                let space = try #require(line.lastIndex(of: " "))
                let series = String(line[..<space])
                let value = try #require(Double(line[line.index(after: space)...]), "\(line)")
                #expect(series.hasPrefix(family), "\(line) stands behind \(family)")
                #expect(samples[series] == nil, "\(series) appears twice")
                samples[series] = value
                if let bucket = series.range(of: "le=\"") {
                    let name = String(series[..<bucket.lowerBound])
                    #expect(name != previousBucket.series || value >= previousBucket.value, "\(line)")
                    previousBucket = (name, value)
                }
            }
            return samples
        }

        @Test func modelsAreMergedCachedAndDescribed() throws {
            let house = try House(["upstream-aliases": "friend=demo", "upstream-model": "house-model"])
            let list = try house.send(Request("GET", "/v1/models"))
            #expect(list.status == 200)
            #expect(list.json["object"].string == "list")
            let models = list.json["data"].array
            let names = models.compactMap { $0["id"].string }
            for name in ["demo", "fast", "friend", "house-model"] { #expect(names.filter { $0 == name }.count == 1, "\(name)") }
            for model in models {
                #expect(model["object"].string == "model")
                let told = model["reasoning_proxy"]
                #expect(told["upstream"].string == "default")
                #expect(told["detection_profile"].string != nil)
                #expect(["inside", "outside", "undecided"].contains(told["start_state"].string ?? ""))
                #expect(told["prompt_summary"].bool == true)
                #expect(told["reasoning_summary"].string == "extractive")
                #expect(told["style"].string == "events")
            }
            // The second list comes from memory, even when the upstream has gone.
            #expect(try house.upstreamRequests() == 1)
            house.mock.end()
            #expect(try house.send(Request("GET", "/v1/models")).json["data"].array.count == models.count)
        }

        @Test func modelsAnswerWhileTheUpstreamIsDown() throws {
            let proxy = try House.startProxy(["upstream-model": "house-model"], upstreamPort: try House.freePort())
            let port = try House.port(of: proxy)
            let reply = try RawConnection(port: port).exchange(Request("GET", "/v1/models"))
            #expect(reply.status == 200)
            #expect(reply.json["data"].array.compactMap { $0["id"].string } == ["house-model"])
        }

        @Test func severalUpstreamsServeTheirOwnModels() throws {
            let first = try House()
            let second = try House()
            let file = FileManager.default.temporaryDirectory.appending(path: "proxy-\(UUID().uuidString).yaml")
            defer { try? FileManager.default.removeItem(at: file) }  // a file left in the temporary folder is no failure
            try """
            upstreams:
              - name: one
                url: http://127.0.0.1:\(first.mockPort)
                models: [fast]
              - name: two
                url: http://127.0.0.1:\(second.mockPort)
                models: ["plain*"]
            """.write(to: file, atomically: true, encoding: .utf8)
            let proxy = try ChildProcess(.proxy, ["--config", file.path, "--port=0"])
            let port = try House.port(of: proxy)
            let connection = try RawConnection(port: port)
            #expect(try connection.exchange(.chat("fast", stream: true)).status == 200)
            #expect(try connection.exchange(.chat("plain", stream: true)).status == 200)
            #expect(try first.upstreamRequests() == 1)
            #expect(try second.upstreamRequests() == 1)
            let unknown = try connection.exchange(.chat("demo", stream: true))
            #expect(unknown.status == 404)
            #expect(unknown.errorCode == "model_not_found")
            let names = try connection.exchange(Request("GET", "/v1/models")).json["data"].array.compactMap { $0["id"].string }
            #expect(names.sorted() == ["fast", "plain"])
        }

        @Test func theLimitOfConcurrentStreamsIsKept() throws {
            let house = try House(["limits-concurrent-streams": "2", "limits-queue-length": "0"])
            let held = [try house.heldStream(), try house.heldStream(alreadyHeld: 1)]
            let refused = try house.stream("fast")
            #expect(refused.status == 503)
            #expect(refused.errorCode == "overloaded")
            #expect(refused.header("retry-after") != nil)
            #expect(try house.send(Request("GET", "/health")).status == 200)
            held[0].close()
            try eventually("a free place") { try house.stream("fast").status == 200 }
        }
    }
}
