import Detect
import Settings

/// Which profile applies to a model, and why.
struct ProfileChoice {
    /// What decided.
    enum Reason: Equatable {
        /// The upstream's setting `profile`.
        case upstream(String)
        /// A pattern of `detection.models`.
        case modelPattern(String)
        /// The setting `detection.profile`.
        case configured
        /// A pattern of the profile's own is found in the model's id.
        case family
        /// Nothing said anything about the model.
        case lastResort
    }

    let profile: CompiledProfile
    let reason: Reason

    /// Chooses by upstream, by configured pattern, by the configured default, by family; the catalogue's last profile otherwise.
    init(model: String, upstream: UpstreamSettings, detection: DetectionSettings, catalogue: ProfileCatalogue) {
        if let name = upstream.profile, let profile = catalogue.named(name) {
            (self.profile, reason) = (profile, .upstream(upstream.name))
        } else if let choice = detection.models.first(where: { $0.pattern.matches(model) }), let profile = catalogue.named(choice.value) {
            (self.profile, reason) = (profile, .modelPattern(choice.pattern.description))
        } else if detection.profile != "default", let profile = catalogue.named(detection.profile) {
            (self.profile, reason) = (profile, .configured)
        } else {
            profile = catalogue.profile(forModel: model)
            reason = profile.profile.name == catalogue.lastResortName ? .lastResort : .family
        }
    }

    /// What decided, as the end of a sentence.
    func explanation(model: String) -> String {
        switch reason {
        case .upstream(let name): "the upstream \(name) has the setting profile"
        case .modelPattern(let pattern): "the pattern \(pattern) of detection.models fits"
        case .configured: "detection.profile says so"
        case .family: "its pattern \(profile.profile.modelPattern(foundIn: model) ?? "") is found in the name"
        case .lastResort: "no setting and no profile's pattern fits the name"
        }
    }
}
