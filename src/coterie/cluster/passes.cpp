// The loops over all rows. This file is compiled once for each target (COTERIE_TARGET); the plain one also chooses.
#include <iterator>
#include <string>
#include <vector>

#include "lanes.hpp"
#include "passes.hpp"

namespace coterie {
namespace COTERIE_TARGET {
namespace {

constexpr std::int64_t RUN = 64;  // tiles added up in float

// The running best and second best of sixteen rows.
struct Race {
    Lane best = Lane::all(3e38f), second = Lane::all(3e38f), label = Lane::all(0.0f), next = Lane::all(0.0f);
    void enter(Lane score) {
        const Mask wins = score < best;
        second = least(second, most(best, score));
        best = least(best, score);
        label = choose(wins, next, label);
        next = next + Lane::all(1.0f);
    }
};

template <int C>
inline void scores(Race& race, const float* x, const CenterTable& centers, int c, int width) {
    Lane score[C];
    for (int i = 0; i < C; ++i) score[i] = Lane::all(centers.half[c + i]);
    const float* value = centers.value + c * width;
    for (int j = 0; j < width; ++j) {
        const Lane xj = Lane::load(x + j * TILE);
        for (int i = 0; i < C; ++i) score[i] = fnma(xj, Lane::all(value[i * width + j]), score[i]);
    }
    for (int i = 0; i < C; ++i) race.enter(score[i]);
}

// One tile: labels are stored, slack is returned; the bits of the rows that float arithmetic cannot decide go to `unsure`.
inline Lane settle(const float* x, Lane square, int width, const CenterTable& centers, std::int32_t* label,
                   std::uint32_t& unsure) {
    Race race;
    int c = 0;
    for (; c + 4 <= centers.k; c += 4) scores<4>(race, x, centers, c, width);
    if (centers.k - c == 3) scores<3>(race, x, centers, c, width);
    if (centers.k - c == 2) scores<2>(race, x, centers, c, width);
    if (centers.k - c == 1) scores<1>(race, x, centers, c, width);
    race.label.store_as_int(label);
    // half the difference of the squared distances, and half the square of their sum
    const Lane off = Lane::all(centers.error) * (square * Lane::all(8.0f) + magnitude(race.best) + magnitude(race.second)) +
                     Lane::all(centers.least);
    const Lane margin = race.second - race.best - off;
    const Lane sum = (square + race.best + race.second) * Lane::all(1.0001f) + off + off;
    const Mask sure = Lane::all(0.0f) < margin;
    unsure = ~sure.bits() & 0xffff;
    return choose(sure, margin * Lane::all(0.997f) * inverse_root(sum), Lane::all(-1.0f));
}

void nearest(Rows rows, std::int64_t tiles, const CenterTable& centers, const std::int32_t* label, Found found) {
    for (std::int64_t t = 0; t < tiles; ++t) {
        std::uint32_t unsure;
        const Lane square = Lane::load(rows.square + t * TILE);
        settle(rows.tile + t * rows.width * TILE, square, rows.width, centers, found.label + t * TILE, unsure)
            .store(found.slack + t * TILE);
        found.flags[t] = differing(found.label + t * TILE, label + t * TILE) | unsure | unsure << 16;
    }
}

void nearest_of(Rows rows, const std::int32_t* id, int count, const CenterTable& centers, const std::int32_t* label,
                Found found) {
    for (int from = 0; from < count; from += TILE) {
        transpose(rows.row, rows.stride, id + from, found.x);
        std::int32_t old[TILE];
        for (int r = 0; r < TILE; ++r) old[r] = label[id[from + r]];
        Lane square = Lane::all(0.0f);
        for (int j = 0; j < rows.d; ++j) square = square + Lane::load(found.x + j * TILE) * Lane::load(found.x + j * TILE);
        std::uint32_t unsure;
        settle(found.x, square, rows.width, centers, found.label + from, unsure)
            .scatter(found.slack, id + from);
        const std::uint32_t listed = count - from < TILE ? (1u << (count - from)) - 1 : 0xffff;
        found.flags[from / TILE] = ((differing(found.label + from, old) | unsure) & listed) | (unsure & listed) << 16;
    }
}

std::int64_t sweep(float* slack, const std::int32_t* label, const float* drop, int k, float floor, std::int64_t tiles,
                   std::int32_t* id) {
    std::int64_t found = 0;
    const Lane least_slack = Lane::all(floor);
    for (std::int64_t t = 0; t < tiles; ++t) {
        const Lane left = Lane::load(slack + t * TILE) - look_up(drop, k, label + t * TILE);
        left.store(slack + t * TILE);
        found += append((left < least_slack).bits(), static_cast<std::int32_t>(t) * TILE, id + found);
    }
    return found;
}

template <int D>
void carry_of(const double* z, const double* origin, const double* weight, int width, const Move* moves, int count,
              double* __restrict sums) {
    const int columns = D > 0 ? D : width, padded = sums_width(columns);
    for (int m = 0; m < count; ++m) {
        const double* row = z + static_cast<std::int64_t>(moves[m].row) * columns;
        const double w = weight ? weight[moves[m].row] : 1.0;
        double* to = sums + static_cast<std::int64_t>(moves[m].to) * padded;
        for (int j = 0; j < columns; ++j) to[j] += (row[j] - origin[j]) * w;
        to[columns] += w;
        to[columns + 1] += 1;
        if (moves[m].from < 0) continue;
        double* from = sums + static_cast<std::int64_t>(moves[m].from) * padded;
        for (int j = 0; j < columns; ++j) from[j] -= (row[j] - origin[j]) * w;
        from[columns] -= w;
        from[columns + 1] -= 1;
    }
}

void carry(const double* z, const double* origin, const double* weight, int width, const Move* moves, int count, double* sums) {
    static constexpr decltype(&carry_of<0>) of[] = {carry_of<0>, carry_of<1>, carry_of<2>, carry_of<3>, carry_of<4>,
                                                    carry_of<5>, carry_of<6>, carry_of<7>, carry_of<8>};
    of[width <= 8 ? width : 0](z, origin, weight, width, moves, count, sums);
}

// Squared distances of sixteen rows to T points, in column order, without fused multiply-add.
template <int T, bool MISSING>
inline void squares(const float* x, const Rows& rows, const float* points, Lane* sum) {
    for (int i = 0; i < T; ++i) sum[i] = Lane::all(0.0f);
    for (int j = 0; j < rows.d; ++j) {
        const Lane xj = Lane::load(x + j * TILE), here = MISSING ? Lane::load(x + (rows.d + j) * TILE) : xj;
        for (int i = 0; i < T; ++i) {
            const Lane away = xj - Lane::all(points[i * rows.width + j]);
            sum[i] = sum[i] + (MISSING ? away * away * here : away * away);
        }
    }
}

template <int T, bool MISSING>
void reach_of(Rows rows, std::int64_t tiles, const float* candidates, const float* weight, const float* current,
              float* const* next, double* totals) {
    for (int i = 0; i < T; ++i) totals[i] = 0;
    for (std::int64_t from = 0; from < tiles; from += RUN) {
        Lane sum[T], sums[T];
        for (int i = 0; i < T; ++i) sums[i] = Lane::all(0.0f);
        for (std::int64_t t = from; t < tiles && t < from + RUN; ++t) {
            squares<T, MISSING>(rows.tile + t * rows.width * TILE, rows, candidates, sum);
            const Lane now = Lane::load(current + t * TILE), w = Lane::load(weight + t * TILE);
            for (int i = 0; i < T; ++i) {
                const Lane left = least(now, sum[i]);
                left.store(next[i] + t * TILE);
                sums[i] = sums[i] + w * left;
            }
        }
        for (int i = 0; i < T; ++i) totals[i] += static_cast<double>(total(sums[i]));
    }
}

template <bool MISSING>
constexpr decltype(&reach_of<1, MISSING>) REACH[] = {
    reach_of<1, MISSING>, reach_of<2, MISSING>, reach_of<3, MISSING>, reach_of<4, MISSING>,
    reach_of<5, MISSING>, reach_of<6, MISSING>, reach_of<7, MISSING>, reach_of<8, MISSING>,
};
static_assert(std::size(REACH<true>) == MOST_TRIALS);

void reach(Rows rows, std::int64_t tiles, const float* candidates, int trials, const float* weight,
           const float* current, float* const* next, double* totals) {
    const auto of = (rows.missing() ? REACH<true> : REACH<false>)[trials - 1];
    of(rows, tiles, candidates, weight, current, next, totals);
}

template <bool MISSING>
void two_of(Rows rows, std::int64_t tiles, const float* centers, int k, float* first, float* second) {
    for (std::int64_t t = 0; t < tiles; ++t) {
        Race race;
        for (int c = 0; c < k; ++c) {
            Lane sum;
            squares<1, MISSING>(rows.tile + t * rows.width * TILE, rows, centers + c * rows.width, &sum);
            race.enter(sum);
        }
        race.best.store(first + t * TILE);
        race.second.store(second + t * TILE);
    }
}

void two(Rows rows, std::int64_t tiles, const float* centers, int k, float* first, float* second) {
    (rows.missing() ? two_of<true> : two_of<false>)(rows, tiles, centers, k, first, second);
}

void weigh(const float* weight, const float* value, std::int64_t tiles, float* sums) {
    for (std::int64_t t = 0; t < tiles; ++t) sums[t] = total(Lane::load(weight + t * TILE) * Lane::load(value + t * TILE));
}

void exchange(const float* weight, const float* first, const float* other, const std::int32_t* owner, int k,
              std::int64_t tiles, double* left) {
    float more[RUN * TILE];
    for (int c = 0; c <= k; ++c) left[c] = 0;
    for (std::int64_t from = 0; from < tiles; from += RUN) {
        const std::int64_t some = tiles - from < RUN ? tiles - from : RUN, row = from * TILE;
        Lane stays = Lane::all(0.0f);
        for (std::int64_t i = 0; i < some * TILE; i += TILE) {
            const Lane w = Lane::load(weight + row + i), to = Lane::load(other + row + i);
            const Lane least_of = least(Lane::load(first + row + i), to);
            stays = stays + w * least_of;
            (w * (to - least_of)).store(more + i);
        }
        left[k] += static_cast<double>(total(stays));
        for (int c = 0; c < k; ++c) {
            Lane sum = Lane::all(0.0f);
            for (std::int64_t i = 0; i < some * TILE; i += TILE)
                sum = sum + choose(equal(owner + row + i, c), Lane::load(more + i), Lane::all(0.0f));
            left[c] += static_cast<double>(total(sum));
        }
    }
}

}  // namespace

#define COTERIE_TEXT_OF(name) #name
#define COTERIE_TEXT(name) COTERIE_TEXT_OF(name)

extern const Passes table;
const Passes table{nearest, nearest_of, sweep, carry, reach, two, weigh, exchange, COTERIE_TEXT(COTERIE_TARGET)};

}  // namespace COTERIE_TARGET

#if defined(COTERIE_CHOOSES)

#if defined(COTERIE_X86)
namespace avx2 {
extern const Passes table;
}
namespace avx512 {
extern const Passes table;
}
#endif

namespace {
std::vector<const Passes*> usable() {  // the best first
    std::vector<const Passes*> found;
#if defined(COTERIE_X86)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
        found.push_back(&avx512::table);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back(&avx2::table);
#endif
    found.push_back(&plain::table);
    return found;
}
const Passes* chosen = usable().front();
}  // namespace

const Passes& passes() { return *chosen; }

bool choose_passes(const std::string& target) {
    for (const Passes* one : usable())
        if (one->target == target) {
            chosen = one;
            return true;
        }
    return false;
}

#endif

}  // namespace coterie
