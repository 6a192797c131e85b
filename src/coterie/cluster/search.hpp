// Where Lloyd starts from: greedy k-means++ seeds, and swaps of one center.
#pragma once
#include "lloyd.hpp"
#include "random.hpp"

namespace coterie {

constexpr int SWAP_TRIALS = 4;  // candidates weighed up for each swap
// A swap that first makes it so much worse has hardly ever led to something better: but where centers are few or have few
// rows each, they move far from where the swap puts them.
constexpr double HOPELESS = 1.1;
constexpr int FEW_CENTERS = 3;
constexpr std::int64_t FEW_ROWS = 20;  // of a center

class alignas(64) Search {
public:
    Search(Crew& crew, int worker, std::vector<Scratch>& scratch) : lloyd(crew, worker, scratch) {}

    void take(const Table& table, const double* weights, int k) {
        lloyd.take(table, weights, k);
        next.resize(MOST_TRIALS);
        for (auto& n : next) n.resize(lloyd.mass.size());
        first.resize(lloyd.mass.size());
        second.resize(lloyd.mass.size());
        tile_mass.resize(table.tiles);
        below.resize(table.tiles + 1);
        candidates.resize(static_cast<std::size_t>(MOST_TRIALS) * table.width);
    }

    Solution start(std::uint64_t seed, std::uint64_t number) { return lloyd.run(seeds(seed, number)); }

    Solution finish(const Solution& from) { return lloyd.finish(from); }

    // Moves one center at a time to where it is worth more: candidates are drawn like seeds, the center given up is the
    // one that is missed least, and what Lloyd makes of it is kept when it is better.
    void swap(Solution& best, int swaps, std::uint64_t seed, std::uint64_t number) {
        Buffer<std::int32_t> owner;
        Sums known;
        for (int s = 0; s < swaps; ++s) {
            if (owner.empty()) {
                measure(best);
                owner = lloyd.label, known = lloyd.sums;
                prepare_draw();
            }
            draw_candidates(seed, SWAP_FIRST + number, static_cast<std::uint64_t>(s), SWAP_TRIALS);
            reach(second, SWAP_TRIALS);
            int gone = 0;
            double left = 0;
            const int chosen = best_exchange(owner, gone, left);
            if (hopeless(left, best)) continue;
            std::vector<double> from = best.centers;
            lloyd.place(from.data() + lloyd.at(gone), drawn[chosen]);
            Solution found = lloyd.run_from(from, owner, known, best.inertia);
            if (found.inertia < best.inertia * (1 - 1e-9)) {
                found.iterations += best.iterations;
                best = std::move(found);
                owner.clear();
            }
        }
    }

    // Moves single rows where that helps, and lets Lloyd follow, until it does not.
    void refine(Solution& best) {
        for (;;) {
            measure(best);
            double few = INF;
            for (int c = 0; c < lloyd.k; ++c) few = std::min(few, std::max(2.0, lloyd.sums.rows(c)));
            const float near = static_cast<float>(few / (few - 1) * (few + 1) / few);
            bool any = false;
            for (std::int64_t i = 0; i < lloyd.t->n; ++i)
                if (second[i] < near * first[i]) any |= lloyd.transfer(i);
            if (!any) return;
            Solution found = lloyd.resume();
            if (!(found.inertia < best.inertia * (1 - 1e-9))) return;
            found.iterations += best.iterations;
            best = std::move(found);
        }
    }

private:
    static constexpr std::uint64_t SWAP_FIRST = 1u << 20;  // swaps draw other numbers than starts
    Lloyd lloyd;
    Buffer<float> first, second;        // squared distance of each row to its nearest and second nearest center
    std::vector<Buffer<float>> next;    // what each candidate would make of it
    Buffer<float> tile_mass, candidates;
    std::vector<double> below, totals;  // mass of all tiles before each; what each candidate would leave
    std::int64_t drawn[MOST_TRIALS];

    template <class Work>
    void over_chunks(Work work) {  // work(first tile, tiles, chunk)
        const Table& t = *lloyd.t;
        lloyd.crew.share(lloyd.worker, t.chunks(), [&](std::int64_t chunk, int) {
            work(chunk * CHUNK_TILES, std::min(CHUNK_TILES, t.tiles - chunk * CHUNK_TILES), chunk);
        });
    }

    bool hopeless(double left, const Solution& best) const {
        const Table& t = *lloyd.t;
        if (lloyd.k <= FEW_CENTERS || t.n < FEW_ROWS * lloyd.k) return false;
        return left > HOPELESS * best.inertia * t.scale * t.scale;
    }

    // The labels of a solution, and how far each row is from its two nearest centers.
    void measure(const Solution& s) {
        lloyd.load_labels(s);
        over_chunks([&](std::int64_t tile, std::int64_t tiles, std::int64_t) {
            passes().two(lloyd.t->rows_from(tile), tiles, lloyd.value.data(), lloyd.k, first.data() + tile * TILE,
                         second.data() + tile * TILE);
        });
    }

    void prepare_draw() {
        over_chunks([&](std::int64_t tile, std::int64_t tiles, std::int64_t) {
            passes().weigh(lloyd.mass.data() + tile * TILE, first.data() + tile * TILE, tiles, tile_mass.data() + tile);
        });
        for (std::size_t i = 0; i < tile_mass.size(); ++i) below[i + 1] = below[i] + static_cast<double>(tile_mass[i]);
    }

    // The row at share u of the mass.
    std::int64_t draw(double u) const {
        const double target = u * below.back();
        std::int64_t tile = std::upper_bound(below.begin(), below.end(), target) - below.begin() - 1;
        tile = std::min<std::int64_t>(tile, static_cast<std::int64_t>(tile_mass.size()) - 1);
        while (tile > 0 && !(tile_mass[tile] > 0)) --tile;
        double sum = below[tile];
        std::int64_t last = tile * TILE;
        for (std::int64_t i = tile * TILE; i < (tile + 1) * TILE; ++i) {
            const double m = static_cast<double>(lloyd.mass[i] * first[i]);
            if (!(m > 0)) continue;
            sum += m;
            last = i;
            if (sum > target) break;
        }
        return last;
    }

    void draw_candidates(std::uint64_t seed, std::uint64_t start, std::uint64_t round, int count) {
        const Table& t = *lloyd.t;
        for (int i = 0; i < count; ++i) {
            drawn[i] = draw(uniform(seed, start, round, static_cast<std::uint64_t>(i)));
            std::copy_n(t.floats.data() + drawn[i] * t.stride, t.width, candidates.data() + i * t.width);
        }
    }

    // next[i] = min(current, squared distance to candidate i) for each row; totals[i] = the mass of that.
    void reach(const Buffer<float>& current, int count) {
        std::vector<double> part(lloyd.t->chunks() * count);
        over_chunks([&](std::int64_t tile, std::int64_t tiles, std::int64_t chunk) {
            float* to[MOST_TRIALS];
            for (int i = 0; i < count; ++i) to[i] = next[i].data() + tile * TILE;
            passes().reach(lloyd.t->rows_from(tile), tiles, candidates.data(), count, lloyd.mass.data() + tile * TILE,
                           current.data() + tile * TILE, to, part.data() + chunk * count);
        });
        totals.assign(count, 0.0);
        for (std::size_t p = 0; p < part.size(); ++p) totals[p % count] += part[p];
    }

    std::vector<double> seeds(std::uint64_t seed, std::uint64_t number) {
        const int k = lloyd.k, trials = std::min(MOST_TRIALS, 2 + static_cast<int>(std::log(k)));
        std::vector<double> from(static_cast<std::size_t>(k) * lloyd.d);
        std::fill(first.begin(), first.end(), 1.0f);
        prepare_draw();
        for (int c = 0; c < k; ++c) {
            draw_candidates(seed, number, static_cast<std::uint64_t>(c), c == 0 ? 1 : trials);
            if (c == 0) std::fill(first.begin(), first.end(), NEVER);
            reach(first, c == 0 ? 1 : trials);
            const auto best = std::min_element(totals.begin(), totals.end()) - totals.begin();
            lloyd.place(from.data() + lloyd.at(c), drawn[best]);
            first.swap(next[best]);
            if (c + 1 < k) prepare_draw();
        }
        return from;
    }

    // The candidate and the center to give up for it that leave the least, before Lloyd: a row goes to the candidate
    // or stays, and if its center is gone it goes to the second nearest.
    int best_exchange(const Buffer<std::int32_t>& owner, int& gone, double& least) {
        const int k = lloyd.k;
        std::vector<double> part(lloyd.t->chunks() * (k + 1)), left(k + 1);
        int chosen = 0;
        least = INF;
        for (int i = 0; i < SWAP_TRIALS; ++i) {
            over_chunks([&](std::int64_t tile, std::int64_t tiles, std::int64_t chunk) {
                const std::int64_t row = tile * TILE;
                passes().exchange(lloyd.mass.data() + row, first.data() + row, next[i].data() + row, owner.data() + row, k,
                                  tiles, part.data() + chunk * (k + 1));
            });
            std::fill(left.begin(), left.end(), 0.0);
            for (std::size_t p = 0; p < part.size(); ++p) left[p % (k + 1)] += part[p];
            for (int c = 0; c < k; ++c)
                if (left[k] + left[c] < least) least = left[k] + left[c], chosen = i, gone = c;
        }
        return chosen;
    }
};

}  // namespace coterie
