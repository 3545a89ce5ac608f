import ArgumentParser
import Foundation

/// The program.
@main
enum Main {
    static func main() {
        do {
            let command = try Options.parseAsRoot()
            print(command)
        } catch {
            print(Options.fullMessage(for: error))
        }
    }
}
