import Testing

/// The check of the common ground itself: whatever is off it is found.
@Suite struct CommonGroundTests {
    @Test func whatIsOnItHasNoFaults() {
        let call = #"{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}"#
        let image = #"{"type":"image_url","image_url":{"url":"data:,"}}"#
        let messages = [
            #"{"role":"system","content":"s"}"#, #"{"role":"user","content":[{"type":"text","text":"x"},\#(image)]}"#,
            #"{"role":"assistant","content":"","tool_calls":[\#(call)]}"#, #"{"role":"tool","tool_call_id":"1","content":"r"}"#,
        ]
        let tool = #"{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}"#
        let body = #"{"model":"m","messages":[\#(messages.joined(separator: ","))],"tools":[\#(tool)],"tool_choice":"auto"}"#
        #expect(CommonGround(Array(body.utf8)).faults == [])
    }

    @Test(
        "each fault of a conversation is found",
        arguments: [
            (#"{"role":"user","content":"x"},{"role":"system","content":"s"}"#, "a system message that is not first"),
            (#"{"role":"developer","content":"x"}"#, "the role developer"),
            (#"{"role":"user","content":"x"},{"role":"user","content":"y"}"#, "the user again"),
            (
                #"{"role":"user","content":"x"},{"role":"assistant","content":"a"},{"role":"assistant","content":"b"}"#,
                "the assistant again"
            ),
            (#"{"role":"user","content":""}"#, "says nothing"),
            (#"{"role":"user","content":[{"type":"text","text":"x"}]}"#, "parts without an image"),
            (#"{"role":"user","content":[{"type":"input_text","text":"x"}]}"#, "a part input_text"),
            (#"{"role":"user","content":"x","name":"n"}"#, "has an unknown member name"),
            (#"{"role":"user","content":"x"},{"role":"assistant","content":""}"#, "says nothing"),
            (#"{"role":"user","content":"x"},{"role":"assistant","content":null}"#, "the content is no string"),
            (#"{"role":"user","content":"x"},{"role":"tool","tool_call_id":"1","content":"r"}"#, "answers no open call"),
            (
                #"{"role":"user","content":"x"},{"role":"assistant","content":"","tool_calls":[CALL]}"#,
                "calls at the end that are not answered"
            ),
            (
                #"{"role":"assistant","content":"","tool_calls":[CALL]},{"role":"user","content":"x"},{"role":"tool","tool_call_id":"1","content":"r"}"#,
                "before all calls are answered"
            ),
            (
                #"{"role":"assistant","content":"","tool_calls":[CALL,CALL]},{"role":"tool","tool_call_id":"1","content":"r"}"#,
                "calls with equal ids"
            ),
            (
                #"{"role":"assistant","content":"","tool_calls":[CALL]},{"role":"tool","tool_call_id":"1","content":""}"#,
                "the content is empty"
            ),
            (
                #"{"role":"assistant","content":"","tool_calls":[{"id":"1","type":"function","function":{"name":"a.b","arguments":"{}"}}]}"#,
                "the function's name"
            ),
            (
                #"{"role":"assistant","content":"","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"[]"}}]}"#,
                "arguments that are no JSON object"
            ),
            (#"{"role":"system","content":"s"}"#, "nobody to answer"),
        ])
    func conversation(_ messages: String, _ fault: String) {
        let call = #"{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}"#
        let body = #"{"model":"m","messages":[\#(messages.replacing("CALL", with: call))]}"#
        let faults = CommonGround(Array(body.utf8)).faults
        #expect(faults.contains { $0.contains(fault) }, "\(faults)")
    }

    @Test(
        "each fault of the rest is found",
        arguments: [
            (#""store":false"#, "an unknown member store"), (#""tools":[]"#, "an empty list of tools"),
            (#""tool_choice":"auto""#, "a choice without tools"), (#""parallel_tool_calls":true"#, "a choice without tools"),
            (#""stop":null"#, "body.stop is null"), (#""stop":[""]"#, "stop is not a list of strings"),
            (#""stream_options":{"include_usage":true}"#, "stream_options without stream"),
            (#""tools":[TOOL,TOOL]"#, "a name used twice"), (#""tools":[TOOL],"tool_choice":"any""#, "the choice any"),
            (#""tools":[TOOL],"tool_choice":{"type":"function","function":{"name":"g"}}"#, "a function that is not there"),
            (#""tools":[{"type":"function","function":{"name":"f","parameters":{}}}]"#, "the schema is no object's"),
            (#""tools":[{"type":"custom","function":{"name":"f"}}]"#, "the type"),
        ])
    func rest(_ member: String, _ fault: String) {
        let tool = #"{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}"#
        let body = #"{"model":"m","messages":[{"role":"user","content":"x"}],\#(member.replacing("TOOL", with: tool))}"#
        let faults = CommonGround(Array(body.utf8)).faults
        #expect(faults.contains { $0.contains(fault) }, "\(faults)")
    }
}
