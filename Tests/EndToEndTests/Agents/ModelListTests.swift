import Foundation
import Testing

extension EndToEnd {
    /// The list of models in the three forms that clients read.
    @Suite struct ModelListTests {
        /// What each upstream lists; the second names no length.
        private static let first =
            #"{"object": "list", "data": [{"id": "org/alpha", "object": "model", "created": 1700000000, "owned_by": "vllm", "max_model_len": 40960}, "#
            + #"{"id": "beta", "object": "model", "meta": {"n_ctx_train": 8192, "vocab": []}}, {"id": "odd", "created": "soon", "context_length": "long"}]}"#
        private static let second = #"{"data": [{"id": "gamma"}, {"id": "beta", "context_length": 1}]}"#

        /// A proxy before two upstreams that only know their lists.
        private struct Lists {
            let upstreams: [RawUpstream]
            let street: Street

            init(_ settings: String = "") throws {
                upstreams = try [first, second].map {
                    try RawUpstream(
                        answering:
                            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \($0.utf8.count)\r\nconnection: close\r\n\r\n\($0)"
                    )
                }
                street = try Street(upstreams.map { "@\($0.port)" }, settings: settings)
            }

            func get(_ target: String, _ headers: [(String, String)] = []) throws -> Reply {
                var request = Request("GET", target)
                request.headers += headers
                return try street.send(request)
            }

            static let anthropic = [("anthropic-version", "2023-06-01")]
        }

        // MARK: OpenAI

        @Test func openAIsFormIsTheUsualOne() throws {
            let lists = try Lists()
            let list = try lists.get("/v1/models").json
            #expect(list["object"].string == "list")
            #expect(list["data"].array.compactMap { $0["id"].string } == ["org/alpha", "beta", "odd", "gamma", "beta"])
            #expect(list["data"][0]["reasoning_proxy"]["context_window"].int == 40960)
            for target in ["/v1/models/org/alpha", "/v1/models/org%2Falpha", "/reasoning/v1/models/org/alpha"] {
                let one = try lists.get(target)
                #expect(one.status == 200 && one.json["id"].string == "org/alpha" && one.json["object"].string == "model", "\(target)")
            }
            let none = try lists.get("/v1/models/nobody")
            #expect(none.status == 404 && none.errorCode == "model_not_found")
            #expect(try lists.get("/v1/models/").json["object"].string == "list")
        }

        // MARK: Anthropic

        @Test func anthropicsFormComesInPages() throws {
            let lists = try Lists()
            let all = try lists.get("/v1/models?limit=1000", Lists.anthropic).json
            #expect(all["data"].array.compactMap { $0["id"].string } == ["org/alpha", "beta", "odd", "gamma"], "each once")
            #expect(all["data"].array.allSatisfy { $0["type"].string == "model" && $0["display_name"].string == $0["id"].string })
            #expect(all["data"][0]["created_at"].string == "2023-11-14T22:13:20Z")
            #expect(all["data"][2]["created_at"].string == "1970-01-01T00:00:00Z")
            #expect(all["has_more"].bool == false && all["first_id"].string == "org/alpha" && all["last_id"].string == "gamma")

            var seen: [String] = []
            var target = "/v1/models?limit=3"
            for _ in 0..<5 {
                let page = try lists.get(target, Lists.anthropic).json
                seen += page["data"].array.compactMap { $0["id"].string }
                guard page["has_more"].bool == true, let last = page["last_id"].string else { break }
                target = "/v1/models?limit=3&after_id=\(last.replacing("/", with: "%2F"))"
            }
            #expect(seen == ["org/alpha", "beta", "odd", "gamma"])
            let before = try lists.get("/v1/models?limit=2&before_id=gamma", Lists.anthropic).json
            #expect(before["data"].array.compactMap { $0["id"].string } == ["beta", "odd"] && before["has_more"].bool == true)
            let empty = try lists.get("/v1/models?before_id=org/alpha", Lists.anthropic).json
            #expect(empty["data"].array.isEmpty && empty["first_id"].isNull && empty["last_id"].isNull)
        }

        @Test(arguments: ["0", "1001", "-1", "many", ""])
        func aSenselessPageIsRefusedInItsOwnShape(limit: String) throws {
            let reply = try Lists().get("/v1/models?limit=\(limit)", Lists.anthropic)
            #expect(reply.status == 400 && reply.json["type"].string == "error")
            #expect(reply.json["error"]["type"].string == "invalid_request_error")
        }

        @Test func oneModelInAnthropicsForm() throws {
            let lists = try Lists()
            #expect(try lists.get("/v1/models/beta", Lists.anthropic).json["type"].string == "model")
            let none = try lists.get("/v1/models/nobody", Lists.anthropic)
            #expect(none.status == 404 && none.json["error"]["type"].string == "not_found_error")
        }

        // MARK: Codex

        /// The members without which Codex drops the whole catalogue, and what each must be.
        private static func problems(_ model: Value) -> [String] {
            let texts = ["slug", "display_name", "description", "base_instructions"]
            var problems = texts.filter { model[$0].string?.isEmpty != false }
            problems += ["supported_in_api", "supports_reasoning_summaries", "support_verbosity", "supports_parallel_tool_calls"].filter {
                model[$0].bool == nil
            }
            if model["priority"].int == nil { problems.append("priority") }
            if !["default", "local", "unified_exec", "disabled", "shell_command"].contains(model["shell_type"].string) {
                problems.append("shell_type")
            }
            if !["list", "hide", "none"].contains(model["visibility"].string) { problems.append("visibility") }
            let tool = model["apply_patch_tool_type"]
            if !tool.isNull, !["freeform", "function"].contains(tool.string) { problems.append("apply_patch_tool_type") }
            let efforts = ["none", "minimal", "low", "medium", "high", "xhigh"]
            let levels = model["supported_reasoning_levels"].array
            if levels.isEmpty || !levels.allSatisfy({ efforts.contains($0["effort"].string ?? "") && $0["description"].string != nil }) {
                problems.append("supported_reasoning_levels")
            }
            if !efforts.contains(model["default_reasoning_level"].string ?? "") { problems.append("default_reasoning_level") }
            let policy = model["truncation_policy"]
            if !["bytes", "tokens"].contains(policy["mode"].string) || policy["limit"].int == nil { problems.append("truncation_policy") }
            for name in ["upgrade", "default_verbosity"] where !model[name].isNull { problems.append(name) }
            if model["experimental_supported_tools"].raw as? [Any] == nil { problems.append("experimental_supported_tools") }
            return problems
        }

        @Test func codexesCatalogueHoldsWhatCodexInsistsOn() throws {
            let models = try Lists().get("/v1/models?client_version=0.163.0").json["models"].array
            #expect(models.compactMap { $0["slug"].string } == ["org/alpha", "beta", "odd", "gamma"])
            for model in models { #expect(Self.problems(model).isEmpty, "\(model["slug"])") }
            #expect(models.map { $0["context_window"].int } == [40960, 8192, nil, nil])
            #expect(models.map { $0["priority"].int } == [0, 1, 2, 3])
            #expect(models.allSatisfy { $0["apply_patch_tool_type"].string == "freeform" })
        }

        @Test func itSaysWhatTheOperatorSays() throws {
            let settings = """
                agents:
                  context_window: {"gamma": 131072, "org/*": 16384}
                  edit_tool: {"beta": off, "gamma": function}
                  instructions: {"gamma": "You are gamma."}
                  description: {"gamma": "The third."}
                """
            let lists = try Lists(settings)
            let models = try lists.get("/v1/models?client_version=0.163.0").json["models"].array
            for model in models { #expect(Self.problems(model).isEmpty, "\(model["slug"])") }
            #expect(models.map { $0["context_window"].int } == [16384, 8192, nil, 131072])
            #expect(models[1]["apply_patch_tool_type"].isNull && models[3]["apply_patch_tool_type"].string == "function")
            #expect(models[3]["base_instructions"].string == "You are gamma." && models[3]["description"].string == "The third.")
            #expect(try lists.get("/v1/models/gamma", Lists.anthropic).json["max_input_tokens"].int == 131072)
        }
    }
}
