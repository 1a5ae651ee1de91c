#pragma once

namespace outrider::cli {

/// Hides what is typed on the terminal that standard input is, while it lives. At most one lives at
/// a time. Does nothing where the input may be seen or is no terminal.
class terminal_echo {
  public:
    explicit terminal_echo(bool visible);
    terminal_echo(const terminal_echo&) = delete;
    terminal_echo& operator=(const terminal_echo&) = delete;
    ~terminal_echo();

    /// Whether it hides anything.
    [[nodiscard]] bool off() const noexcept { return off_; }
    /// Shows again what is typed; for a program that ends at once. Thread-safe.
    static void restore() noexcept;

  private:
    bool off_ = false;
};

} // namespace outrider::cli
