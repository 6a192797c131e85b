// The loops over all rows, compiled once for each kind of processor and chosen when the module is loaded.
#pragma once
#include <cstdint>
#include <string>

namespace coterie {

constexpr int TILE = 16;        // rows that are worked on together: 16 floats of a column lie side by side
constexpr int MOST_TRIALS = 8;  // candidates that one seeding pass can weigh up

// Floats of a run of rows, twice: in tiles, where value (j, r) of tile t is tile[(t width + j) 16 + r], and row by row,
// padded to `stride` values. Where values are missing anywhere, a row is twice as wide: its d values, 0 for a missing
// one, and d times 1 for a value, 0 for none.
struct Rows {
    const float* tile;
    const float* row;
    const float* square;  // squared length of each row
    int d, width, stride;
    bool missing() const { return width > d; }
};

// The score of a center is half its squared length minus x·c: half the squared distance but for a part that all centers
// share. Where values are missing, minus half the square of each value stands beside it, and `half` is 0.
struct CenterTable {
    int k;
    const float* value;  // k × width
    const float* half;   // half the squared length of each center
    float error, least;  // how far a score may be off: error (8 |x|² + |score| + |score|) + least
};

// What a pass finds of each row: its nearest center, and what the second nearest is farther away, at least; that is
// negative where the two scores are too near for float arithmetic. Flags of sixteen rows: those that need a look,
// because their label is not the old one or float arithmetic cannot decide; the latter once more, sixteen bits higher.
struct Found {
    std::int32_t* label;
    float* slack;
    std::uint32_t* flags;
    float* x;  // room for the columns of one tile
};

// The sums of one cluster: of each column, then weight and rows, padded to whole cache lines where they are longer than
// half of one.
constexpr int sums_width(int width) { return width + 2 <= 4 ? 4 : (width + 2 + 7) / 8 * 8; }

struct Move {
    std::int32_t row, from, to;  // from -1: the row was in no cluster yet
};

struct Passes {
    // Finds the label and slack of every row of some tiles.
    void (*nearest)(Rows rows, std::int64_t tiles, const CenterTable& centers, const std::int32_t* label, Found found);
    // The same for the rows listed in `id`: labels and flags in the order of the list, slack where the row has it. The
    // list goes on for a tile with rows that may be looked at.
    void (*nearest_of)(Rows rows, const std::int32_t* id, int count, const CenterTable& centers, const std::int32_t* label,
                       Found found);
    // Takes drop[label] from each row's slack, and lists the rows with no slack left.
    std::int64_t (*sweep)(float* slack, const std::int32_t* label, const float* drop, int k, float least,
                          std::int64_t tiles, std::int32_t* id);
    // Takes rows of z - origin, their weight and number out of the sums of one cluster and into those of another.
    void (*carry)(const double* z, const double* origin, const double* weight, int width, const Move* moves, int count,
                  double* sums);

    // What follows decides what is drawn: every target gives the same bits.

    // What each candidate would leave: next[t] = min(current, squared distance to candidate t), and totals[t] of that.
    void (*reach)(Rows rows, std::int64_t tiles, const float* candidates, int trials, const float* weight,
                  const float* current, float* const* next, double* totals);
    // Squared distances to the nearest and the second nearest of k centers.
    void (*two)(Rows rows, std::int64_t tiles, const float* centers, int k, float* first, float* second);
    // The sum of weight · value over each tile.
    void (*weigh)(const float* weight, const float* value, std::int64_t tiles, float* sums);

    // What an exchange would leave: rows stay at `first` or go to `other`, if that is less. left[k] is the weight of that;
    // left[c] is what it costs more if the rows of cluster c have to take `other`.
    void (*exchange)(const float* weight, const float* first, const float* other, const std::int32_t* owner, int k,
                     std::int64_t tiles, double* left);

    const char* target;
};

const Passes& passes();                         // the best that this processor can do, or what was chosen
bool choose_passes(const std::string& target);  // for tests: false if this processor cannot do that

}  // namespace coterie
