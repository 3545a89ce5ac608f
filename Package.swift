// swift-tools-version: 6.2
// The floors of the house, from the ground up. A target imports only lower floors.
//
// `FLOORS=pure swift test` leaves out everything that needs the network stack: the pure
// floors build and test in seconds, the server stack takes minutes.

import PackageDescription

let pureOnly = Context.environment["FLOORS"] == "pure"

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

// Test bundles import C shims and Foundation; they keep the language mode and the warnings, not the memory mode.
let testing: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

func pure(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + ["Support"], path: "Tests/\(name)Tests", exclude: exclude, swiftSettings: testing
    )
}

var targets: [Target] = [
    // Floor 0: system libraries.
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CCores"),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),

    // Floor 0: the C library's vectors over spans.
    pure("ByteScan"),

    // Floor 1: bytes.
    pure("EventStream", ["ByteScan"]),
    pure("JSONBytes", ["ByteScan"]),
    pure("PCRE", ["CPCRE2"]),
    pure("Descriptors", ["CCores"]),

    // Floor 2: meaning.
    pure("ChatDelta", ["ByteScan", "JSONBytes"]),
    pure("ChatRequests", ["JSONBytes"]),
    pure("Detect", ["PCRE"]),
    pure("Summaries"),
    pure("AgentAPIs", ["ByteScan", "EventStream", "JSONBytes"]),

    // Floor 3: one request's stream, and the way to the upstream.
    pure("AgentRequests", ["JSONBytes", "AgentAPIs", "ChatRequests"]),
    pure("Phases", ["EventStream", "JSONBytes", "ChatDelta", "ChatRequests", "Detect", "Summaries", "AgentAPIs"]),
    pure("Upstream", ["CCurl", "ByteScan"]),

    // Floor 4: measure the pure floors.
    .executableTarget(
        name: "Bench",
        dependencies: ["EventStream", "JSONBytes", "ChatDelta", "ChatRequests", "Detect", "Summaries", "AgentAPIs", "Phases"],
        swiftSettings: strict),

    .executableTarget(name: "Quality", dependencies: ["JSONBytes", "Summaries"], swiftSettings: strict),

    // Tests.
    .target(name: "Support", path: "Tests/Support", swiftSettings: testing),
    .target(name: "AgentChecks", path: "Tests/AgentChecks", swiftSettings: testing),
    tests("ByteScan", ["ByteScan"]),
    tests("AgentChecks", ["AgentChecks"]),
    tests("EventStream", ["EventStream"]),
    tests("JSONBytes", ["JSONBytes"]),
    tests("PCRE", ["PCRE"]),
    tests("ChatDelta", ["ChatDelta", "JSONBytes"]),
    tests("ChatRequests", ["ChatRequests", "JSONBytes"]),
    tests("Detect", ["Detect", "PCRE"]),
    tests("Summaries", ["Summaries"]),
    tests("AgentRequests", ["AgentRequests", "AgentAPIs", "ChatRequests"]),
    tests("AgentAPIs", ["AgentAPIs", "EventStream", "JSONBytes", "AgentChecks"]),
    tests(
        "Phases", ["Phases", "AgentAPIs", "ChatDelta", "ChatRequests", "Detect", "EventStream", "JSONBytes", "Summaries", "AgentChecks"]),
    tests("Upstream", ["Upstream"]),
]

// Not a program of the house: it has no `main` and links only with `--sanitize fuzzer`.
if Context.environment["FUZZ"] == "1" {
    targets.append(
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "EventStream", "JSONBytes", "PCRE", "ChatDelta", "ChatRequests", "Detect", "Summaries", "AgentAPIs", "AgentRequests",
                "Phases",
            ],
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}

var dependencies: [Package.Dependency] = []

var products: [Product] = ["EventStream", "ChatDelta", "Detect", "Summaries", "AgentAPIs", "Phases"].map {
    .library(name: $0, targets: [$0])
}

if !pureOnly {
    dependencies = [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ]
    let server: [Target.Dependency] = [
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
    ]
    targets += [
        // Floor 2: what the operator says. Not pure only because of the YAML library.
        .target(name: "Settings", dependencies: [.product(name: "Yams", package: "Yams")], swiftSettings: strict),
        tests("Settings", ["Settings"]),

        // Floor 2: raw reasoning on its way through the client and back. Not pure only because of the library of ciphers.
        .target(name: "Sealing", dependencies: [.product(name: "Crypto", package: "swift-crypto")], swiftSettings: strict),
        tests("Sealing", ["Sealing"]),

        // Floor 4: the programs.
        .executableTarget(
            name: "Proxy",
            dependencies: server + [
                .product(name: "Yams", package: "Yams"), "CMalloc", "Descriptors",
                "EventStream", "JSONBytes", "ChatDelta", "ChatRequests", "Detect", "Summaries", "AgentAPIs", "AgentRequests", "Phases",
                "Upstream", "Settings", "Sealing",
            ],
            exclude: ["Proxy.docc"],
            swiftSettings: strict),
        .executableTarget(
            name: "MockUpstream",
            dependencies: server + ["EventStream", "JSONBytes"],
            swiftSettings: strict),
        .executableTarget(
            name: "proxy-client",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                "EventStream", "Upstream", "CLineEdit",
            ],
            swiftSettings: strict),
        .systemLibrary(name: "CLineEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),

        tests("MockUpstream", ["MockUpstream"] + server),
        tests("Proxy", ["Proxy", "ChatRequests", "Detect", "Phases", "Settings", "Summaries"] + server),
        tests("ProxyClient", ["proxy-client"]),
        // The programs are named so that they are built; the tests run them and import nothing of them.
        tests(
            "EndToEnd", ["Proxy", "MockUpstream", "proxy-client", "AgentChecks"], exclude: ["Faults/README.md", "Faults/tls_server.py"]),
    ]
    products += [
        .executable(name: "proxy", targets: ["Proxy"]),
        .executable(name: "mock-upstream", targets: ["MockUpstream"]),
        .executable(name: "proxy-client", targets: ["proxy-client"]),
    ]
}

let package = Package(
    name: "reasoning-proxy",
    products: products,
    dependencies: dependencies,
    targets: targets)
