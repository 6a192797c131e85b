// Counts and checks the rows of delimited text, and rewrites them, independently of the engine that reads them later.
//
// One small machine walks over the bytes that can matter (delimiter, quote, escape, line ends); 64 bytes at a time are
// looked through for them. It never needs the next byte: what a quote or a carriage return means is settled when the
// byte after it arrives, so the file may come in pieces of any size.

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace nb = nanobind;

namespace {

constexpr std::size_t kPiece = std::size_t{1} << 22;
constexpr std::int64_t kShare = std::int64_t{1} << 24;  // bytes that are worth a thread of their own
constexpr std::size_t kBefore = 16;  // bytes of the last piece that stay in sight
constexpr std::int64_t kNone = -1;
constexpr std::size_t kMostSuspects = 100'000;

struct Dialect {
  unsigned char delimiter;
  unsigned char quote;   // 0: nothing is quoted
  unsigned char escape;  // 0: a quote inside quotes is doubled
  bool trim;             // blanks after a delimiter do not belong to the value
};

// The first place where something is wrong: the row (from 0), the line (from 1), the field or the byte.
struct Place {
  std::int64_t row = kNone, line = kNone, at = kNone;
  bool found() const { return row != kNone; }
};

struct Irregular {
  std::int64_t row, line, fields;
};

// A row over several lines, one of which has as many delimiters as a row, some of them inside quotes.
struct Suspect {
  std::int64_t row, line, begin, end;
};

struct Found {
  std::int64_t rows = 0, blank = 0, bytes = 0, lines = 0;
  std::int64_t lf = 0, crlf = 0, cr = 0, irregular = 0, loose = 0, escaped = 0;
  std::vector<Irregular> first;
  std::vector<Suspect> suspects;
  Place nul, invalid, longest, stray, open;
};

// ── which bytes matter ────────────────────────────────────────────────────────────────────────────────────────────

struct Masks {
  std::uint64_t delimiter, lf, other, high, nul;  // other: a carriage return, a quote, an escape
  std::uint64_t special() const { return delimiter | lf | other; }
};

class Finder {
 public:
  explicit Finder(const Dialect& d) : d_(d) {
#if defined(__SSE2__)
    delimiter_ = _mm_set1_epi8(static_cast<char>(d.delimiter));
    quote_ = _mm_set1_epi8(static_cast<char>(d.quote ? d.quote : '\r'));
    escape_ = _mm_set1_epi8(static_cast<char>(d.escape ? d.escape : '\r'));
    lf_ = _mm_set1_epi8('\n');
    cr_ = _mm_set1_epi8('\r');
#endif
  }

  Masks block(const unsigned char* p) const {
    Masks m{0, 0, 0, 0, 0};
#if defined(__SSE2__)
    const __m128i zero = _mm_setzero_si128();
    for (int i = 0; i < 4; ++i) {
      const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16 * i));
      const __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(x, quote_), _mm_cmpeq_epi8(x, escape_));
      const auto wide = [](__m128i v) { return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(v))); };
      m.delimiter |= wide(_mm_cmpeq_epi8(x, delimiter_)) << (16 * i);
      m.lf |= wide(_mm_cmpeq_epi8(x, lf_)) << (16 * i);
      m.other |= wide(_mm_or_si128(marks, _mm_cmpeq_epi8(x, cr_))) << (16 * i);
      m.high |= wide(x) << (16 * i);
      m.nul |= wide(_mm_cmpeq_epi8(x, zero)) << (16 * i);
    }
#else
    m = part(p, 64);
#endif
    return m;
  }

  Masks part(const unsigned char* p, std::size_t n) const {
    Masks m{0, 0, 0, 0, 0};
    for (std::size_t i = 0; i < n; ++i) {
      const unsigned char c = p[i];
      const bool mark = (d_.quote && c == d_.quote) || (d_.escape && c == d_.escape);
      m.delimiter |= static_cast<std::uint64_t>(c == d_.delimiter) << i;
      m.lf |= static_cast<std::uint64_t>(c == '\n') << i;
      m.other |= static_cast<std::uint64_t>(c == '\r' || mark) << i;
      m.high |= static_cast<std::uint64_t>(c >> 7) << i;
      m.nul |= static_cast<std::uint64_t>(c == 0) << i;
    }
    return m;
  }

 private:
  Dialect d_;
#if defined(__SSE2__)
  __m128i delimiter_, quote_, escape_, lf_, cr_;
#endif
};

int lowest(std::uint64_t bits) {
#if defined(__GNUC__) || defined(__clang__)
  return __builtin_ctzll(bits);
#else
  int i = 0;
  while (!(bits & 1)) bits >>= 1, ++i;
  return i;
#endif
}

int highest(std::uint64_t bits) {
#if defined(__GNUC__) || defined(__clang__)
  return 63 - __builtin_clzll(bits);
#else
  int i = 63;
  while (!(bits >> i)) --i;
  return i;
#endif
}

int count(std::uint64_t bits) {
  int n = 0;
  for (; bits; bits &= bits - 1) ++n;
  return n;
}

// ── UTF-8: well formed, shortest form, no surrogates ──────────────────────────────────────────────────────────────

class Utf8 {
 public:
  // Takes a byte; false: this byte cannot stand here.
  bool take(unsigned char c) {
    if (!left_) {
      if (c < 0x80) return true;
      low_ = 0x80, high_ = 0xBF;
      if (c >= 0xC2 && c <= 0xDF) return left_ = 1, true;
      if (c >= 0xE0 && c <= 0xEF) {
        if (c == 0xE0) low_ = 0xA0;
        if (c == 0xED) high_ = 0x9F;
        return left_ = 2, true;
      }
      if (c >= 0xF0 && c <= 0xF4) {
        if (c == 0xF0) low_ = 0x90;
        if (c == 0xF4) high_ = 0x8F;
        return left_ = 3, true;
      }
      return false;
    }
    if (c < low_ || c > high_) return false;
    low_ = 0x80, high_ = 0xBF;
    --left_;
    return true;
  }
  bool inside() const { return left_ != 0; }

 private:
  int left_ = 0;
  unsigned char low_ = 0x80, high_ = 0xBF;
};

// ── the machine ───────────────────────────────────────────────────────────────────────────────────────────────────

class Machine {
 public:
  Machine(const Dialect& d, std::int64_t fields, std::int64_t longest, std::size_t listed)
      : d_(d), finder_(d), fields_(fields), longest_(longest), listed_(listed) {}

  // Takes the next piece; false: nothing after it can be made sense of.
  bool take(const unsigned char* p, std::size_t n) {
    std::size_t i = 0;
    while (i < n) {
      const std::size_t size = n - i < 64 ? n - i : 64;
      const Masks m = size == 64 ? finder_.block(p + i) : finder_.part(p + i, size);
      if (is_plain(m, size)) {
        take_plain(m);
        at_ += static_cast<std::int64_t>(size);
        i += size;
        continue;
      }
      std::int64_t stop = kNone;
      if (m.nul) stop = at_ + lowest(m.nul);
      if ((m.high || utf8_.inside())) {
        for (std::size_t j = 0; j < size; ++j) {
          if (stop == at_ + static_cast<std::int64_t>(j)) break;
          if (!utf8_.take(p[i + j])) {
            stop = at_ + static_cast<std::int64_t>(j);
            invalid_ = true;
            break;
          }
        }
      }
      for (std::uint64_t special = m.special(); special; special &= special - 1) {
        const int j = lowest(special);
        if (stop != kNone && at_ + j >= stop) break;
        step(p[i + static_cast<std::size_t>(j)], at_ + j, p + i + j);
      }
      if (stop != kNone) {
        (invalid_ ? found.invalid : found.nul) = {found.rows, line_, stop};
        return false;
      }
      at_ += static_cast<std::int64_t>(size);
      i += size;
      if (at_ - field_ > longest_ && !found.longest.found()) {
        found.longest = {found.rows, row_line_, count_};
        return false;
      }
    }
    return true;
  }

  // Whether the text ended at the end of a row, so that what follows begins a new one.
  bool between_rows() const { return !quoted_ && row_ == at_; }

  void finish() {
    found.bytes = at_;
    found.lines = line_;
    if (utf8_.inside()) found.invalid = {found.rows, line_, at_};
    if (quoted_) found.open = {found.rows, opened_, kNone};
    else if (at_ > row_) {
      if (closed_ != kNone && closed_ != at_ - 1) stray();
      end_row(at_);
    }
  }

  Found found;
  std::vector<std::int64_t> wanted, lines;  // rows, in order, whose lines are asked for; the answers

 private:
  // Whether nothing in a block can mean more than it is, nor make a field too long: nearly always.
  bool is_plain(const Masks& m, std::size_t size) const {
    if (m.other || m.high || m.nul || quoted_ || closed_ != kNone || utf8_.inside() || cr_ + 1 == at_) return false;
    return at_ + static_cast<std::int64_t>(size) - field_ <= longest_;
  }

  // Takes a block's delimiters row by row, as step() takes them one by one.
  void take_plain(const Masks& m) {
    std::uint64_t delimiters = m.delimiter;
    for (std::uint64_t ends = m.lf; ends; ends &= ends - 1) {
      const std::uint64_t behind = ~std::uint64_t{0} << lowest(ends);
      take_delimiters(delimiters & ~behind);
      delimiters &= behind;
      ++found.lf;
      end_row(at_ + lowest(ends));
      row_line_ = ++line_;
    }
    take_delimiters(delimiters);
    if (delimiters) field_ = at_ + highest(delimiters) + 1;
  }

  void take_delimiters(std::uint64_t delimiters) {
    const int more = count(delimiters);
    count_ += more, on_line_ += more;
  }

  void step(unsigned char c, std::int64_t p, const unsigned char* byte) {
    if (p == escaped_ + 1) return;  // whatever it is, it was escaped
    if (quoted_) {
      if (c == d_.quote) quoted_ = false, closed_ = p;
      else if (d_.escape && c == d_.escape) escaped_ = p, ++found.escaped;
      else if (c == d_.delimiter) ++on_line_, ++quoted_on_line_;
      else if (c == '\n' && p != cr_ + 1) ++line_, end_line();
      else if (c == '\r') cr_ = p, ++line_, end_line();
      return;
    }
    if (d_.quote && c == d_.quote) {
      if (closed_ == p - 1 && closed_ != kNone && !d_.escape) quoted_ = true, closed_ = kNone;  // doubled
      else if (p == field_ || (d_.trim && blank_until(p, byte))) quoted_ = true, opened_ = line_, field_ = p;
      else if (closed_ != kNone) stray();
      else ++found.loose;
      return;
    }
    if (d_.escape && c == d_.escape) return;
    if (c == '\n' && p == cr_ + 1 && p == row_) {  // the second half of a line end
      --found.cr, ++found.crlf;
      row_ = field_ = p + 1;
      return;
    }
    if (closed_ != kNone && closed_ != p - 1) stray();
    if (c == d_.delimiter) return ++on_line_, end_field(p);
    (c == '\n' ? found.lf : found.cr) += 1;
    if (c == '\r') cr_ = p;
    end_row(p);
    ++line_;
    row_line_ = line_;
  }

  // Only asked where values may be padded; looks back over fewer than kBefore bytes.
  bool blank_until(std::int64_t p, const unsigned char* byte) const {
    for (std::int64_t k = 1; k <= p - field_; ++k)
      if (k > 8 || byte[-k] != ' ') return false;
    return true;
  }

  void stray() {
    if (!found.stray.found()) found.stray = {found.rows, row_line_, count_};
    closed_ = kNone;
  }

  void end_field(std::int64_t p) {
    if (p - field_ > longest_ && !found.longest.found()) found.longest = {found.rows, row_line_, count_};
    ++count_;
    field_ = p + 1;
    closed_ = kNone;
  }

  // Ends a line of the file inside a row.
  void end_line() {
    many_lines_ = true;
    like_row_ |= quoted_on_line_ && on_line_ == fields_ - 1;
    on_line_ = quoted_on_line_ = 0;
  }

  void end_row(std::int64_t p) {
    if (many_lines_) {
      end_line();
      if (like_row_ && found.suspects.size() < kMostSuspects)
        found.suspects.push_back({found.rows, row_line_, row_, p});
    }
    on_line_ = quoted_on_line_ = 0;
    many_lines_ = like_row_ = false;
    if (p == row_) {
      ++found.blank;
    } else {
      end_field(p);
      if (count_ != fields_) {
        ++found.irregular;
        if (found.first.size() < listed_) found.first.push_back({found.rows, row_line_, count_});
      }
      if (lines.size() < wanted.size() && found.rows == wanted[lines.size()]) lines.push_back(row_line_);
      ++found.rows;
    }
    count_ = 0;
    closed_ = kNone;
    row_ = field_ = p + 1;
  }

  Dialect d_;
  Finder finder_;
  Utf8 utf8_;
  std::int64_t fields_, longest_;
  std::size_t listed_;
  std::int64_t at_ = 0, row_ = 0, field_ = 0, count_ = 0, line_ = 1, row_line_ = 1, opened_ = 1;
  std::int64_t closed_ = kNone, cr_ = -2, escaped_ = -2;
  std::int64_t on_line_ = 0, quoted_on_line_ = 0;  // delimiters on this line of the file
  bool quoted_ = false, invalid_ = false, many_lines_ = false, like_row_ = false;
};

// ── rewriting: one row at a time, into commas, double quotes and line feeds ───────────────────────────────────────

enum class Bad { kRefuse, kSkip, kRepair };

struct Rejected {
  std::int64_t row, line;
  int reason;  // 1 too few fields, 2 too many, 3 text after a closing quote, 4 an open quote at the end, 5 asked for
  bool kept;
};

class Rewriting {
 public:
  // Rows of `dropped`, in order, are rejected whatever they hold.
  Rewriting(const Dialect& d, std::size_t fields, Bad bad, const std::vector<std::int64_t>& dropped, std::FILE* out)
      : d_(d), fields_(fields), bad_(bad), dropped_(dropped), out_(out) {}

  void take(const unsigned char* p, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) step(p[i]);
  }

  bool finish() {
    if (state_ == State::kQuoted) reason_ = 4;
    if (started_ || !row_.empty() || !field_.empty()) end_row();
    return flush();
  }

  std::int64_t written = 0, read = 0;
  std::vector<Rejected> rejected;
  bool failed = false;

 private:
  enum class State { kStart, kPlain, kQuoted, kClosed, kAfter, kEscaped };

  void step(unsigned char c) {
    if (cr_ && c == '\n') {
      cr_ = false;
      if (state_ == State::kQuoted) field_ += '\n';
      return;
    }
    cr_ = false;
    switch (state_) {
      case State::kQuoted:
        if (c == d_.quote) state_ = State::kClosed;
        else if (d_.escape && c == d_.escape) state_ = State::kEscaped;
        else add(c);
        return;
      case State::kEscaped:
        add(c);
        state_ = State::kQuoted;
        return;
      case State::kClosed:
        if (c == d_.quote && !d_.escape) {
          add(c);
          state_ = State::kQuoted;
          return;
        }
        break;
      case State::kStart:
        if (d_.quote && c == d_.quote) {
          state_ = State::kQuoted;
          started_ = was_quoted_ = true;
          field_.clear();
          return;
        }
        if (d_.trim && c == ' ') {
          started_ = true;
          return;
        }
        break;
      case State::kPlain:
      case State::kAfter:
        break;
    }
    if (c == d_.delimiter) {
      end_field();
    } else if (c == '\n' || c == '\r') {
      cr_ = c == '\r';
      if (started_ || !row_.empty()) end_row();
      ++line_;
      row_line_ = line_;
      state_ = State::kStart;
    } else {
      if (state_ == State::kClosed || state_ == State::kAfter) {
        if (d_.trim && c == ' ') {
          state_ = State::kAfter;
          return;
        }
        reason_ = 3;  // and a quote in what follows is a mere character, as the count takes it
      }
      state_ = State::kPlain;
      started_ = true;
      field_ += static_cast<char>(c);
    }
  }

  void add(unsigned char c) {
    if (c == '\n' || c == '\r') ++line_;
    if (c == '\r') cr_ = false;
    field_ += static_cast<char>(c);
  }

  void end_field() {
    row_.push_back(std::move(field_));
    field_.clear();
    started_ = true;
    state_ = State::kStart;
  }

  void end_row() {
    end_field();
    if (next_ < dropped_.size() && dropped_[next_] == read) reason_ = 5, ++next_;
    if (!reason_ && row_.size() != fields_) reason_ = row_.size() < fields_ ? 1 : 2;
    bool keep = true;
    if (reason_) {
      const bool mended = bad_ == Bad::kRepair && mend();
      rejected.push_back({read, row_line_, reason_, mended});
      keep = mended;
    }
    if (keep) {
      for (std::size_t i = 0; i < row_.size(); ++i) write(row_[i], i + 1 == row_.size() ? '\n' : ',');
      ++written;
    }
    ++read;
    row_.clear();
    started_ = false;
    reason_ = 0;
  }

  // Pads a row that is too short; trims one that is too long where only blanks go. Nothing is invented or thrown away.
  bool mend() {
    if (reason_ >= 3) return false;
    while (row_.size() > fields_ && row_.back().find_first_not_of(' ') == std::string::npos) row_.pop_back();
    if (row_.size() > fields_) return false;
    row_.resize(fields_);
    return true;
  }

  void write(const std::string& value, char end) {
    const bool plain = value.find_first_of(",\"\n\r") == std::string::npos && !(value.empty() && fields_ == 1);
    if (plain) {
      buffer_ += value;
    } else {
      buffer_ += '"';
      for (const char c : value) {
        if (c == '"') buffer_ += '"';
        buffer_ += c;
      }
      buffer_ += '"';
    }
    buffer_ += end;
    if (buffer_.size() > kPiece) flush();
  }

  bool flush() {
    if (std::fwrite(buffer_.data(), 1, buffer_.size(), out_) != buffer_.size()) failed = true;
    buffer_.clear();
    return !failed;
  }

  Dialect d_;
  std::size_t fields_;
  Bad bad_;
  const std::vector<std::int64_t>& dropped_;
  std::size_t next_ = 0;
  std::FILE* out_;
  State state_ = State::kStart;
  std::vector<std::string> row_;
  std::string field_, buffer_;
  std::int64_t line_ = 1, row_line_ = 1;
  int reason_ = 0;
  bool started_ = false, was_quoted_ = false, cr_ = false;
};

// ── for Python ────────────────────────────────────────────────────────────────────────────────────────────────────

struct Close {
  void operator()(std::FILE* f) const { std::fclose(f); }
};
using File = std::unique_ptr<std::FILE, Close>;

File opened(const std::string& path, const char* mode, std::int64_t skip) {
  File file(std::fopen(path.c_str(), mode));
  if (!file || (skip && std::fseek(file.get(), static_cast<long>(skip), SEEK_SET) != 0)) {
    PyErr_SetFromErrnoWithFilename(PyExc_OSError, path.c_str());
    throw nb::python_error();
  }
  std::setvbuf(file.get(), nullptr, _IONBF, 0);
  return file;
}

unsigned char byte(const std::string& text) { return text.empty() ? 0 : static_cast<unsigned char>(text[0]); }

nb::object place(const Place& p) {
  if (!p.found()) return nb::none();
  return nb::make_tuple(p.row, p.line, p.at);
}

// Reads up to `size` bytes into the machine; false: nothing after them can be made sense of.
bool walk(std::FILE* file, Machine& machine, std::int64_t size) {
  std::vector<unsigned char> piece(kBefore + kPiece);
  unsigned char* const start = piece.data() + kBefore;
  while (size > 0) {
    const std::size_t wanted = size < static_cast<std::int64_t>(kPiece) ? static_cast<std::size_t>(size) : kPiece;
    const std::size_t n = std::fread(start, 1, wanted, file);
    if (!n) return true;
    if (!machine.take(start, n)) return false;
    if (n >= kBefore) std::memcpy(piece.data(), start + n - kBefore, kBefore);
    size -= static_cast<std::int64_t>(n);
  }
  return true;
}

// Where the first row that begins at or after a place begins, if line feeds end rows and no quote is open there.
std::int64_t next_row(const std::string& path, std::int64_t place, std::int64_t end) {
  const File file = opened(path, "rb", place);
  std::vector<unsigned char> piece(std::size_t{1} << 16);
  while (place < end) {
    const std::size_t n = std::fread(piece.data(), 1, piece.size(), file.get());
    if (!n) return end;
    if (const void* found = std::memchr(piece.data(), '\n', n))
      return place + (static_cast<const unsigned char*>(found) - piece.data()) + 1;
    place += static_cast<std::int64_t>(n);
  }
  return end;
}

bool clean(const Found& f) {
  return !(f.irregular || !f.suspects.empty() || f.nul.found() || f.invalid.found() || f.longest.found() || f.stray.found() || f.open.found());
}

// Counts with several threads. Each share must end between two rows, which proves that the next one began there; where
// that is not so, or anything is wrong, false: one thread then walks from the beginning and knows every place.
bool scan_in_shares(const std::string& path, std::int64_t skip, std::int64_t size, int threads,
                    const Machine& like, Found& found) {
  std::vector<std::int64_t> bounds{skip};
  for (int i = 1; i < threads; ++i) bounds.push_back(next_row(path, skip + (size - skip) / threads * i, size));
  bounds.push_back(size);
  std::vector<Machine> machines(static_cast<std::size_t>(threads), like);
  std::vector<char> sound(static_cast<std::size_t>(threads), 0);
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < machines.size(); ++i) {
    workers.emplace_back([&, i] {
      File file(std::fopen(path.c_str(), "rb"));
      if (!file || std::fseek(file.get(), static_cast<long>(bounds[i]), SEEK_SET) != 0) return;
      std::setvbuf(file.get(), nullptr, _IONBF, 0);
      const bool last = i + 1 == machines.size();
      const std::int64_t length = last ? INT64_MAX : bounds[i + 1] - bounds[i];
      if (!walk(file.get(), machines[i], length) || std::ferror(file.get())) return;
      if (!last && !machines[i].between_rows()) return;
      machines[i].finish();
      sound[i] = clean(machines[i].found);
    });
  }
  for (std::thread& worker : workers) worker.join();
  for (std::size_t i = 0; i < machines.size(); ++i) {
    if (!sound[i]) return false;
    const Found& f = machines[i].found;
    found.rows += f.rows, found.blank += f.blank, found.bytes += f.bytes, found.lines += f.lines - (i != 0);
    found.lf += f.lf, found.crlf += f.crlf, found.cr += f.cr, found.loose += f.loose, found.escaped += f.escaped;
  }
  return true;
}

nb::dict scan(const std::string& path, const std::string& delimiter, const std::string& quote, const std::string& escape,
              bool trim, std::int64_t skip, std::int64_t fields, std::int64_t longest, std::int64_t listed, int threads) {
  const Dialect d{byte(delimiter), byte(quote), byte(escape), trim};
  File file = opened(path, "rb", skip);
  Machine machine(d, fields, longest, static_cast<std::size_t>(listed));
  bool broken = false, whole = true;
  std::fseek(file.get(), 0, SEEK_END);
  const std::int64_t size = std::ftell(file.get());
  std::fseek(file.get(), static_cast<long>(skip), SEEK_SET);
  {
    nb::gil_scoped_release released;
    const std::int64_t shares = (size - skip) / kShare < threads ? (size - skip) / kShare : threads;
    if (shares < 2 || !scan_in_shares(path, skip, size, static_cast<int>(shares), machine, machine.found)) {
      machine.found = Found();
      whole = walk(file.get(), machine, INT64_MAX);
      broken = std::ferror(file.get()) != 0;
      if (whole) machine.finish();
    }
  }
  if (broken) {
    PyErr_SetFromErrnoWithFilename(PyExc_OSError, path.c_str());
    throw nb::python_error();
  }
  const Found& f = machine.found;
  nb::list first;
  for (const Irregular& i : f.first) first.append(nb::make_tuple(i.row, i.line, i.fields));
  nb::list suspects;
  for (const Suspect& s : f.suspects) suspects.append(nb::make_tuple(s.row, s.line, skip + s.begin, skip + s.end));
  nb::dict out;
  out["rows"] = f.rows, out["blank"] = f.blank, out["bytes"] = f.bytes, out["lines"] = f.lines;
  out["lf"] = f.lf, out["crlf"] = f.crlf, out["cr"] = f.cr;
  out["irregular"] = f.irregular, out["first"] = first, out["loose"] = f.loose, out["escaped"] = f.escaped;
  out["nul"] = place(f.nul), out["invalid"] = place(f.invalid), out["longest"] = place(f.longest);
  out["stray"] = place(f.stray), out["open"] = place(f.open), out["suspects"] = suspects;
  return out;
}

nb::list lines(const std::string& path, const std::string& delimiter, const std::string& quote, const std::string& escape,
               bool trim, std::int64_t skip, const std::vector<std::int64_t>& rows) {
  const Dialect d{byte(delimiter), byte(quote), byte(escape), trim};
  File file = opened(path, "rb", skip);
  Machine machine(d, 1, INT64_MAX, 0);
  machine.wanted = rows;
  {
    nb::gil_scoped_release released;
    if (walk(file.get(), machine, INT64_MAX)) machine.finish();
  }
  nb::list out;
  for (const std::int64_t line : machine.lines) out.append(line);
  return out;
}

nb::dict rewrite(const std::string& path, const std::string& target, const std::string& delimiter,
                 const std::string& quote, const std::string& escape, bool trim, std::int64_t skip, std::int64_t fields,
                 const std::string& bad, const std::vector<std::int64_t>& dropped) {
  const Dialect d{byte(delimiter), byte(quote), byte(escape), trim};
  File file = opened(path, "rb", skip), out = opened(target, "wb", 0);
  const Bad mode = bad == "skip" ? Bad::kSkip : bad == "repair" ? Bad::kRepair : Bad::kRefuse;
  Rewriting rewriting(d, static_cast<std::size_t>(fields), mode, dropped, out.get());
  bool broken = false;
  {
    nb::gil_scoped_release released;
    std::vector<unsigned char> piece(kPiece);
    while (const std::size_t n = std::fread(piece.data(), 1, piece.size(), file.get())) rewriting.take(piece.data(), n);
    rewriting.finish();
    broken = std::ferror(file.get()) != 0 || rewriting.failed || std::fflush(out.get()) != 0;
  }
  if (broken) {
    PyErr_SetFromErrnoWithFilename(PyExc_OSError, target.c_str());
    throw nb::python_error();
  }
  nb::list rejected;
  for (const Rejected& r : rewriting.rejected) rejected.append(nb::make_tuple(r.row, r.line, r.reason, r.kept));
  nb::dict made;
  made["read"] = rewriting.read, made["written"] = rewriting.written, made["rejected"] = rejected;
  return made;
}

}  // namespace

NB_MODULE(_rows, m) {
  nb::set_leak_warnings(false);
  m.def("scan", &scan, nb::arg("path"), nb::arg("delimiter"), nb::arg("quote"), nb::arg("escape"), nb::arg("trim"),
        nb::arg("skip"), nb::arg("fields"), nb::arg("longest"), nb::arg("listed"), nb::arg("threads"));
  m.def("lines", &lines, nb::arg("path"), nb::arg("delimiter"), nb::arg("quote"), nb::arg("escape"), nb::arg("trim"),
        nb::arg("skip"), nb::arg("rows"));
  m.def("rewrite", &rewrite, nb::arg("path"), nb::arg("target"), nb::arg("delimiter"), nb::arg("quote"),
        nb::arg("escape"), nb::arg("trim"), nb::arg("skip"), nb::arg("fields"), nb::arg("bad"), nb::arg("dropped"));
}
