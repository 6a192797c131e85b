// The loops over all rows, compiled once for each kind of processor and chosen when the module is loaded.
#pragma once
#include <cstdint>
#include <string>

namespace coterie {

constexpr int TILE = 16;        // rows that are worked on together: 16 floats of a column lie side by side
constexpr int RUN = 64;         // tiles whose mass is added up in float, and drawn from together
constexpr int MOST_TRIALS = 8;  // candidates that one seeding pass can weigh up

// Tiles of rows: value (j, r) of tile t is x[(t d + j) 16 + r]; a missing value is 0, and 0 in `present`.
struct Tiles {
    const float* x;
    const float* present;  // null: nothing is missing
    const float* square;   // squared length of each row
    int d;
};

struct CenterTable {
    int k;
    const float* value;    // k × d
    const float* half;     // half the squared length of each center
    const float* halves;   // k × d, half the square of each value; read where values are missing
    float error, least;    // how far a score may be off: error (8 |x|² + |score| + |score|) + least
};

struct Passes {
    // Label and slack of each row of `tiles` tiles. The score of a center is half its squared length minus x·c, half the
    // squared distance but for a part that all centers share. Slack: what the second nearest center is farther away
    // than the nearest, at least. Flags of each tile: low half, rows whose label is not the old one; high half, rows
    // whose two best scores are too near for float arithmetic.
    void (*nearest)(Tiles rows, std::int64_t tiles, const CenterTable& centers, const std::int32_t* old,
                    std::int32_t* label, float* slack, std::uint32_t* flags);
    // Takes drop[label] from each row's slack; `due` gets a bit for each row with no slack left. Returns how many.
    std::int64_t (*sweep)(float* slack, const std::int32_t* label, const float* drop, int k, float least,
                          std::int64_t tiles, std::uint16_t* due);
    // What each candidate would leave: next[t] = min(current, squared distance to candidate t) for each row, and
    // totals[run][t], the weight of that in each run of tiles. Every target gives the same bits.
    void (*reach)(Tiles rows, std::int64_t tiles, const float* candidates, int trials, const float* weight,
                  const float* current, float* const* next, double* totals);
    const char* target;
};

const Passes& passes();                         // the best that this processor can do, or what was chosen
bool choose_passes(const std::string& target);  // for tests: false if this processor cannot do that

}  // namespace coterie
