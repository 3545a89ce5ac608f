import PCRE

extension Detector {
    mutating func actOnChannel(_ role: MarkerRole, _ start: Int, _ end: Int, emit: Emit) {}
    mutating func headerIsTooLong() {}
    mutating func endChannel(emit: Emit) {}
}
