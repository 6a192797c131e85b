// The loops over all rows. This file is compiled once for each target (COTERIE_TARGET); the plain one also chooses.
#include "passes.hpp"

#if defined(COTERIE_CHOOSES)
#include <string>
#include <vector>
#endif

#include "lanes.hpp"

namespace coterie {
namespace COTERIE_TARGET {
namespace {

// The running best and second best of sixteen rows.
struct Race {
    Lane best = Lane::all(3e38f), second = Lane::all(3e38f), label = Lane::all(0.0f);
    void enter(Lane score, int c) {
        const Mask wins = score < best;
        second = least(second, most(best, score));
        best = least(best, score);
        label = choose(wins, Lane::all(static_cast<float>(c)), label);
    }
};

template <int C, bool MISSING>
inline void scores(Race& race, const float* x, const float* present, const CenterTable& centers, int c, int d) {
    Lane score[C];
    for (int i = 0; i < C; ++i) score[i] = Lane::all(MISSING ? 0.0f : centers.half[c + i]);
    const float* value = centers.value + c * d;
    for (int j = 0; j < d; ++j) {
        const Lane xj = Lane::load(x + j * TILE);
        for (int i = 0; i < C; ++i) score[i] = fnma(xj, Lane::all(value[i * d + j]), score[i]);
        if (MISSING) {
            const Lane here = Lane::load(present + j * TILE);
            for (int i = 0; i < C; ++i) score[i] = score[i] + here * Lane::all(centers.halves[(c + i) * d + j]);
        }
    }
    for (int i = 0; i < C; ++i) race.enter(score[i], c + i);
}

template <bool MISSING>
void nearest_of(Tiles rows, std::int64_t tiles, const CenterTable& centers, const std::int32_t* old,
                std::int32_t* label, float* slack, std::uint32_t* flags) {
    const Lane error = Lane::all(centers.error), least_error = Lane::all(centers.least);
    for (std::int64_t t = 0; t < tiles; ++t) {
        const float* x = rows.x + t * rows.d * TILE;
        const float* present = MISSING ? rows.present + t * rows.d * TILE : nullptr;
        Race race;
        int c = 0;
        for (; c + 4 <= centers.k; c += 4) scores<4, MISSING>(race, x, present, centers, c, rows.d);
        if (centers.k - c == 3) scores<3, MISSING>(race, x, present, centers, c, rows.d);
        if (centers.k - c == 2) scores<2, MISSING>(race, x, present, centers, c, rows.d);
        if (centers.k - c == 1) scores<1, MISSING>(race, x, present, centers, c, rows.d);
        race.label.store_as_int(label + t * TILE);
        // half the difference of the squared distances, and half the square of their sum
        const Lane square = Lane::load(rows.square + t * TILE);
        const Lane off = error * (square * Lane::all(8.0f) + magnitude(race.best) + magnitude(race.second)) + least_error;
        const Lane margin = race.second - race.best - off;
        const Lane sum = (square + race.best + race.second) * Lane::all(1.0001f) + off + off;
        const Lane room = margin * Lane::all(0.9999f) / root(sum);
        const Mask sure = Lane::all(0.0f) < margin;
        choose(sure, room, Lane::all(-1.0f)).store(slack + t * TILE);
        flags[t] = differing(label + t * TILE, old + t * TILE) | (~sure.bits() & 0xffff) << TILE;
    }
}

void nearest(Tiles rows, std::int64_t tiles, const CenterTable& centers, const std::int32_t* old, std::int32_t* label,
             float* slack, std::uint32_t* flags) {
    (rows.present ? nearest_of<true> : nearest_of<false>)(rows, tiles, centers, old, label, slack, flags);
}

std::int64_t sweep(float* slack, const std::int32_t* label, const float* drop, int k, float floor, std::int64_t tiles,
                   std::uint16_t* due) {
    std::int64_t found = 0;
    const Lane least_slack = Lane::all(floor);
    for (std::int64_t t = 0; t < tiles; ++t) {
        const Lane left = Lane::load(slack + t * TILE) - look_up(drop, k, label + t * TILE);
        left.store(slack + t * TILE);
        std::uint32_t bits = (left < least_slack).bits();
        due[t] = static_cast<std::uint16_t>(bits);
        for (; bits; bits &= bits - 1) ++found;
    }
    return found;
}

template <int T, bool MISSING>
void reach_of(Tiles rows, std::int64_t tiles, const float* candidates, const float* weight, const float* current,
              float* const* next, double* totals) {
    for (std::int64_t from = 0; from < tiles; from += RUN) {
        Lane total[T];
        for (int i = 0; i < T; ++i) total[i] = Lane::all(0.0f);
        const std::int64_t to = from + RUN < tiles ? from + RUN : tiles;
        for (std::int64_t t = from; t < to; ++t) {
            const float* x = rows.x + t * rows.d * TILE;
            const float* present = MISSING ? rows.present + t * rows.d * TILE : nullptr;
            Lane sum[T];
            for (int i = 0; i < T; ++i) sum[i] = Lane::all(0.0f);
            for (int j = 0; j < rows.d; ++j) {
                const Lane xj = Lane::load(x + j * TILE);
                for (int i = 0; i < T; ++i) {
                    const Lane away = xj - Lane::all(candidates[i * rows.d + j]);
                    const Lane square = away * away;
                    sum[i] = sum[i] + (MISSING ? square * Lane::load(present + j * TILE) : square);
                }
            }
            const Lane now = Lane::load(current + t * TILE), w = Lane::load(weight + t * TILE);
            for (int i = 0; i < T; ++i) {
                const Lane left = least(now, sum[i]);
                left.store(next[i] + t * TILE);
                total[i] = total[i] + w * left;
            }
        }
        for (int i = 0; i < T; ++i) {
            float lane[TILE];
            total[i].store(lane);
            totals[i] = 0;
            for (int r = 0; r < TILE; ++r) totals[i] += static_cast<double>(lane[r]);
        }
        totals += T;
    }
}

template <bool MISSING>
void reach_any(Tiles rows, std::int64_t tiles, const float* candidates, int trials, const float* weight,
               const float* current, float* const* next, double* totals) {
    switch (trials) {
        case 1: return reach_of<1, MISSING>(rows, tiles, candidates, weight, current, next, totals);
        case 2: return reach_of<2, MISSING>(rows, tiles, candidates, weight, current, next, totals);
        case 3: return reach_of<3, MISSING>(rows, tiles, candidates, weight, current, next, totals);
        case 4: return reach_of<4, MISSING>(rows, tiles, candidates, weight, current, next, totals);
        case 5: return reach_of<5, MISSING>(rows, tiles, candidates, weight, current, next, totals);
        case 6: return reach_of<6, MISSING>(rows, tiles, candidates, weight, current, next, totals);
        case 7: return reach_of<7, MISSING>(rows, tiles, candidates, weight, current, next, totals);
        default: return reach_of<8, MISSING>(rows, tiles, candidates, weight, current, next, totals);
    }
}

void reach(Tiles rows, std::int64_t tiles, const float* candidates, int trials, const float* weight,
           const float* current, float* const* next, double* totals) {
    (rows.present ? reach_any<true> : reach_any<false>)(rows, tiles, candidates, trials, weight, current, next, totals);
}

}  // namespace

#define COTERIE_TEXT_OF(name) #name
#define COTERIE_TEXT(name) COTERIE_TEXT_OF(name)

extern const Passes table;
const Passes table{nearest, sweep, reach, COTERIE_TEXT(COTERIE_TARGET)};

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
