import Glibc

/// What libFuzzer calls for every input; there is no `main` of ours. Built only with `FUZZ=1`, see the Makefile.
///
/// A broken promise ends the process with a sentence, which is how libFuzzer learns of it and why it keeps the input.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // SAFETY: libFuzzer lends `count` readable bytes at `start` until this function returns; they are copied at once.
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    var input = FuzzInput(bytes)
    switch input.byte() % 6 {
    case 0: FramingCheck.run(&input)
    case 1: ReadingCheck.run(&input)
    case 2: DetectionCheck.run(&input)
    case 3: MachineCheck.runOnText(&input)
    case 4: MachineCheck.runOnBytes(&input)
    default: AgentCheck.run(&input)
    }
    return 0
}

/// States a promise that every input must keep.
func promise(_ holds: Bool, _ sentence: @autoclosure () -> String) {
    if holds { return }
    // Optimised code drops the message of a failed precondition.
    print("broken promise: \(sentence())")
    fflush(nil)
    preconditionFailure("broken promise")
}
