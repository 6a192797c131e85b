// Weighted k-means on one table: greedy k-means++ seeds, Lloyd's iterations, random swaps, and an exact finish.
#pragma once
#include <numeric>

#include "random.hpp"
#include "table.hpp"

namespace coterie {

constexpr int MAX_ITERATIONS = 1000;  // the slack of a row stays a lower bound for so many (see `nearest` in passes.cpp)
constexpr int MAX_POLISH = 100;

struct Solution {
    std::vector<double> centers, sizes;
    std::vector<std::int32_t> label;
    double inertia = INF;
    int iterations = 0;
};

// What one worker needs to look at a chunk of rows; kept from pass to pass.
struct Scratch {
    static constexpr int BATCH = 256;
    std::int32_t id[CHUNK], old[BATCH], label[BATCH];
    float slack[BATCH];
    std::uint32_t flags[BATCH / TILE];
    std::uint16_t due[CHUNK_TILES];
    Buffer<float> x, present, square;
    std::vector<double> distance;
};

// Sums by cluster: of weight · (value - mean), of the weight of the values present, of weight, of rows.
struct Sums {
    int k = 0, d = 0;
    bool missing = false;
    std::vector<double> value, present, weight, rows;
    double spread = 0;  // weighted squares of the rows that entered
    double moved = 0;   // rows that changed cluster
    void clear(int clusters, int columns, bool gaps) {
        k = clusters, d = columns, missing = gaps;
        value.assign(static_cast<std::size_t>(k) * d, 0.0);
        present.assign(missing ? value.size() : 0, 0.0);
        weight.assign(k, 0.0);
        rows.assign(k, 0.0);
        spread = moved = 0;
    }
    void add(const Sums& other) {
        for (std::size_t e = 0; e < value.size(); ++e) value[e] += other.value[e];
        for (std::size_t e = 0; e < present.size(); ++e) present[e] += other.present[e];
        for (int c = 0; c < k; ++c) weight[c] += other.weight[c], rows[c] += other.rows[c];
        spread += other.spread;
        moved += other.moved;
    }
    void enter(const double* row, const double* mean, int c, double w, bool first) {
        double* to = value.data() + static_cast<std::size_t>(c) * d;
        for (int j = 0; j < d; ++j) {
            const double v = row[j] - mean[j];
            if (missing && v != v) continue;
            to[j] += w * v;
            if (first) spread += w * v * v;
            if (missing) present[static_cast<std::size_t>(c) * d + j] += w;
        }
        weight[c] += w;
        rows[c] += w > 0 ? 1 : -1;
    }
    void copy(const Sums& other, int from, int to) {
        std::copy_n(other.value.data() + static_cast<std::ptrdiff_t>(from) * d, d, value.data() + static_cast<std::ptrdiff_t>(to) * d);
        if (missing)
            std::copy_n(other.present.data() + static_cast<std::ptrdiff_t>(from) * d, d, present.data() + static_cast<std::ptrdiff_t>(to) * d);
        weight[to] = other.weight[from];
        rows[to] = other.rows[from];
    }
    double weight_of(int c, int j) const { return missing ? present[static_cast<std::size_t>(c) * d + j] : weight[c]; }
};

// Clusters in canonical order: heaviest first, then by center.
inline std::vector<int> canonical(const std::vector<double>& centers, const std::vector<double>& sizes) {
    std::vector<int> order(sizes.size());
    const std::ptrdiff_t d = static_cast<std::ptrdiff_t>(centers.size() / sizes.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        if (sizes[a] != sizes[b]) return sizes[a] > sizes[b];
        const auto x = centers.begin() + a * d, y = centers.begin() + b * d;
        return std::lexicographical_compare(x, x + d, y, y + d);
    });
    return order;
}

class Solver {
public:
    Solver(Crew& crew, int worker, std::vector<Scratch>& scratch) : crew(crew), worker(worker), scratch(scratch) {}

    void take(const Table& table, const double* weights, int clusters) {
        t = &table, w = weights, k = clusters, d = table.d;
        const std::size_t rows = static_cast<std::size_t>(t->tiles) * TILE;
        label.resize(rows);
        slack.resize(rows);
        mass.assign(rows, 0.0f);
        for (std::int64_t i = 0; i < t->n; ++i) mass[i] = w ? static_cast<float>(w[i]) : 1.0f;
        deltas.resize(t->chunks());
        const std::size_t padded = (static_cast<std::size_t>(k) + TILE - 1) / TILE * TILE;
        value.resize(static_cast<std::size_t>(k) * d);
        halves.resize(value.size());
        half.resize(padded);
        drop.assign(padded, 0.0f);
        distance.resize(k);
    }

    Solution start(std::uint64_t seed, std::uint64_t number) {
        load(seeds(seed, number));
        return lloyd();
    }

    // The solution that a set of centers leads to.
    Solution settle(const std::vector<double>& from) {
        load(from);
        return lloyd();
    }

    // Puts a random center onto a random row, and keeps what that leads to when it is better.
    void swap(Solution& best, int trials, std::uint64_t seed) {
        for (int trial = 0; trial < trials; ++trial) {
            const std::uint64_t round = 1000000 + static_cast<std::uint64_t>(trial);
            std::vector<double> from = best.centers;
            const int gone = std::min(k - 1, static_cast<int>(uniform(seed, 0, round, 0) * k));
            std::fill(current.begin(), current.end(), 1.0f);
            place(from.data() + at(gone), draw(uniform(seed, 0, round, 1), mass_of_runs()));
            Solution next = settle(from);
            if (next.inertia < best.inertia * (1 - 1e-9)) {
                next.iterations += best.iterations;
                best = std::move(next);
            }
        }
    }

    // Exact means, canonical order, exact labels, until nothing moves any more; then the inertia row by row.
    Solution finish(const Solution& from) {
        if (centers != from.centers) {
            load(from.centers);
            pass(true);
            fill_empty();
        }
        for (int round = 0; round < MAX_POLISH; ++round) {
            recount();
            reorder();
            update();
            if (!pass(false)) break;
        }
        if (w) pass(true);  // rows of weight zero were not looked at
        Solution s;
        s.iterations = from.iterations;
        s.centers = centers;
        s.label.assign(label.begin(), label.begin() + t->n);
        recount();
        s.sizes = sums.weight;
        std::vector<double> part(t->chunks(), 0.0);
        crew.share(worker, t->chunks(), [&](std::int64_t chunk, int) {
            for (std::int64_t i = chunk * CHUNK; i < std::min(t->n, (chunk + 1) * CHUNK); ++i)
                part[chunk] += weight(i) * squared_distance(t->row(i), center(label[i]), d);
        });
        s.inertia = std::accumulate(part.begin(), part.end(), 0.0);
        return s;
    }

private:
    Crew& crew;
    int worker;
    std::vector<Scratch>& scratch;
    const Table* t = nullptr;
    const double* w = nullptr;
    int k = 0, d = 0;
    Buffer<std::int32_t> label;
    Buffer<float> slack, mass, current;
    std::vector<Buffer<float>> next;
    std::vector<double> centers, distance;  // centers in the caller's units
    Sums sums;
    std::vector<Sums> deltas;               // of each chunk in one pass
    Buffer<float> value, halves, half, drop;

    double weight(std::int64_t i) const { return w ? w[i] : 1.0; }
    std::size_t at(int c) const { return static_cast<std::size_t>(c) * d; }
    const double* center(int c) const { return centers.data() + at(c); }

    void place(double* at, std::int64_t i) const {
        for (int j = 0; j < d; ++j) at[j] = t->row(i)[j] == t->row(i)[j] ? t->row(i)[j] : t->mean[j];
    }

    // ---- seeds

    std::vector<double> mass_of_runs() const {
        std::vector<double> total((t->tiles + RUN - 1) / RUN, 0.0);
        for (std::int64_t i = 0; i < t->tiles * TILE; ++i) total[i / (RUN * TILE)] += static_cast<double>(mass[i] * current[i]);
        return total;
    }

    // The row at share u of the mass; `total` is the mass of each run of tiles.
    std::int64_t draw(double u, const std::vector<double>& total) const {
        double target = u * std::accumulate(total.begin(), total.end(), 0.0);
        std::size_t run = 0;
        while (run + 1 < total.size() && target >= total[run]) target -= total[run++];
        const std::int64_t from = static_cast<std::int64_t>(run) * RUN * TILE, to = std::min(t->tiles * TILE, from + RUN * TILE);
        std::int64_t last = from;
        for (std::int64_t i = from; i < to; i += TILE) {
            double tile = 0;
            for (int r = 0; r < TILE; ++r) tile += static_cast<double>(mass[i + r] * current[i + r]);
            if (target >= tile && i + TILE < to) {
                target -= tile;
                if (tile > 0) last = i;
                continue;
            }
            for (int r = 0; r < TILE; ++r) {
                const double m = static_cast<double>(mass[i + r] * current[i + r]);
                if (!(m > 0)) continue;
                last = i + r;
                if (target < m) return last;
                target -= m;
            }
        }
        while (last > 0 && !(mass[last] > 0)) --last;
        return last;
    }

    std::vector<double> seeds(std::uint64_t seed, std::uint64_t number) {
        const int trials = std::min(MOST_TRIALS, 2 + static_cast<int>(std::log(k)));
        const std::size_t rows = label.size(), runs = static_cast<std::size_t>((t->tiles + RUN - 1) / RUN);
        next.resize(trials);
        for (auto& n : next) n.resize(rows);
        current.assign(rows, 1.0f);
        std::vector<double> from(static_cast<std::size_t>(k) * d), totals(runs * trials), total = mass_of_runs();
        Buffer<float> candidates(static_cast<std::size_t>(trials) * d);
        std::vector<std::int64_t> drawn(trials);
        for (int c = 0; c < k; ++c) {
            const int tried = c == 0 ? 1 : trials;
            for (int i = 0; i < tried; ++i) {
                drawn[i] = draw(uniform(seed, number, c, i), total);
                for (int j = 0; j < d; ++j) {
                    const float v = t->rows[drawn[i] * d + j];
                    candidates[static_cast<std::size_t>(i) * d + j] = v == v ? v : 0.0f;
                }
            }
            if (c == 0) std::fill(current.begin(), current.end(), 3e38f);
            crew.share(worker, t->chunks(), [&](std::int64_t chunk, int) {
                const std::int64_t tile = chunk * CHUNK_TILES, run = tile / RUN;
                float* out[MOST_TRIALS];
                for (int i = 0; i < tried; ++i) out[i] = next[i].data() + tile * TILE;
                passes().reach(t->tile(tile), std::min(CHUNK_TILES, t->tiles - tile), candidates.data(), tried,
                               mass.data() + tile * TILE, current.data() + tile * TILE, out, totals.data() + run * tried);
            });
            int best = 0;
            double least = INF;
            for (int i = 0; i < tried; ++i) {
                double sum = 0;
                for (std::size_t run = 0; run < runs; ++run) sum += totals[run * tried + i];
                if (sum < least) least = sum, best = i;
            }
            for (std::size_t run = 0; run < runs; ++run) total[run] = totals[run * tried + best];
            current.swap(next[best]);
            place(from.data() + at(c), drawn[best]);
        }
        return from;
    }

    // ---- Lloyd

    void load(const std::vector<double>& from) {
        centers = from;
        sums.clear(k, d, t->missing);
        std::fill(label.begin(), label.begin() + t->n, -1);
        std::fill(label.begin() + t->n, label.end(), 0);
        std::fill(slack.begin(), slack.end(), 3e38f);
    }

    Solution lloyd() {
        Solution s;
        for (bool first = true; s.iterations < MAX_ITERATIONS; first = false) {
            ++s.iterations;
            bool moved = pass(first);
            moved |= fill_empty();
            if (!moved) break;
            update();
        }
        s.centers = centers;
        s.sizes = sums.weight;
        s.inertia = sums.spread;
        for (int c = 0; c < k; ++c)
            for (int j = 0; j < d; ++j) {
                const double sum = sums.value[at(c) + j];
                if (sums.weight_of(c, j) > 0) s.inertia -= sum * sum / sums.weight_of(c, j);
            }
        s.inertia = std::max(s.inertia, 0.0);
        return s;
    }

    // Gives every row its nearest center; with `all`, without asking the slack first. True if a row changed cluster.
    bool pass(bool all) {
        crew.check();
        for (int c = 0; c < k; ++c) {
            double square = 0;
            for (int j = 0; j < d; ++j) {
                const std::size_t e = at(c) + j;
                value[e] = static_cast<float>((centers[e] - t->mean[j]) * t->scale);
                const double v = static_cast<double>(value[e]);
                halves[e] = static_cast<float>(v * v / 2);
                square += v * v / 2;
            }
            half[c] = static_cast<float>(square);
        }
        crew.share(worker, t->chunks(), [&](std::int64_t chunk, int helper) {
            deltas[chunk].clear(k, d, t->missing);
            look_at(chunk, all, scratch[helper], deltas[chunk]);
        });
        sums.moved = 0;
        for (const Sums& delta : deltas) sums.add(delta);
        return sums.moved > 0;
    }

    void look_at(std::int64_t chunk, bool all, Scratch& s, Sums& delta) {
        const float tie = static_cast<float>(TIE * t->scale * t->scale * 1.01) + 1e-30f;
        const float no_slack = static_cast<float>(std::sqrt(TIE) * t->scale * 1.01) + 1e-30f;
        const CenterTable table{k, value.data(), half.data(), halves.data(), static_cast<float>(t->error), tie};
        const std::int64_t tile = chunk * CHUNK_TILES, tiles = std::min(CHUNK_TILES, t->tiles - tile), row = tile * TILE;
        std::int64_t due = tiles * TILE;
        if (!all) due = passes().sweep(slack.data() + row, label.data() + row, drop.data(), k, no_slack, tiles, s.due);
        if (2 * due > tiles * TILE) {
            constexpr std::int64_t STEP = Scratch::BATCH / TILE;
            for (std::int64_t i = 0; i < tiles; i += STEP) {
                const std::int64_t some = std::min(STEP, tiles - i), from = row + i * TILE;
                passes().nearest(t->tile(tile + i), some, table, label.data() + from, s.label, slack.data() + from, s.flags);
                for (std::int64_t b = 0; b < some; ++b)
                    for (std::uint32_t left = (s.flags[b] & 0xffff) | s.flags[b] >> 16; left; left &= left - 1) {
                        const int r = static_cast<int>(b) * TILE + __builtin_ctz(left);
                        const bool unsure = s.flags[b] >> (16 + r % TILE) & 1;
                        if (from + r < t->n) move(from + r, unsure ? exact(from + r, s) : s.label[r], delta);
                    }
            }
            if (chunk + 1 == t->chunks()) std::fill(slack.begin() + t->n, slack.end(), 3e38f);  // there is no such row
            return;
        }
        if (due == 0) return;
        std::int64_t count = 0;
        for (std::int64_t i = 0; i < tiles; ++i)
            for (std::uint32_t left = s.due[i]; left; left &= left - 1)
                s.id[count++] = static_cast<std::int32_t>(i * TILE + __builtin_ctz(left));
        for (std::int64_t from = 0; from < count; from += Scratch::BATCH)
            look_at_some(row, s.id + from, static_cast<int>(std::min<std::int64_t>(Scratch::BATCH, count - from)), table, s, delta);
    }

    // Rows from anywhere in the chunk are copied side by side and then treated like tiles.
    void look_at_some(std::int64_t row, const std::int32_t* id, int count, const CenterTable& table, Scratch& s, Sums& delta) {
        const int tiles = (count + TILE - 1) / TILE;
        s.x.resize(static_cast<std::size_t>(Scratch::BATCH) * d);
        s.square.resize(Scratch::BATCH);
        if (t->missing) s.present.resize(s.x.size());
        for (int b = 0; b < tiles * TILE; ++b) {
            const std::int64_t i = row + id[std::min(b, count - 1)];
            const float* from = t->rows.data() + i * d;
            const std::size_t to = static_cast<std::size_t>(b / TILE) * d * TILE + b % TILE;
            for (int j = 0; j < d; ++j) {
                const float v = from[j];
                s.x[to + j * TILE] = t->missing && v != v ? 0.0f : v;
                if (t->missing) s.present[to + j * TILE] = v == v ? 1.0f : 0.0f;
            }
            s.square[b] = t->square[i];
            s.old[b] = label[i];
        }
        const Tiles gathered{s.x.data(), t->missing ? s.present.data() : nullptr, s.square.data(), d};
        passes().nearest(gathered, tiles, table, s.old, s.label, s.slack, s.flags);
        for (int b = 0; b < count; ++b) {
            const std::int64_t i = row + id[b];
            slack[i] = s.slack[b];
            const std::uint32_t flags = s.flags[b / TILE] >> (b % TILE);
            if (flags & 0x10001) move(i, flags >> 16 & 1 ? exact(i, s) : s.label[b], delta);
        }
    }

    int exact(std::int64_t i, Scratch& s) const {
        s.distance.resize(k);
        return nearest(t->row(i), centers.data(), k, d, s.distance.data()).label;
    }

    void move(std::int64_t i, int to, Sums& delta) {
        const int from = label[i];
        if (from == to) return;
        label[i] = to;
        const double weighs = weight(i);
        delta.moved += 1;
        if (!(weighs > 0)) {
            slack[i] = 3e38f;  // counts nowhere: not looked at again until the end
            return;
        }
        delta.enter(t->row(i), t->mean.data(), to, weighs, from < 0);
        if (from >= 0) delta.enter(t->row(i), t->mean.data(), from, -weighs, false);
    }

    // An empty cluster takes the row that lies farthest from its own center.
    bool fill_empty() {
        bool any = false;
        for (int c = 0; c < k; ++c) {
            if (sums.rows[c] > 0) continue;
            std::int64_t far = -1;
            double most = 0;
            for (std::int64_t i = 0; i < t->n; ++i) {
                if (!(weight(i) > 0) || sums.rows[label[i]] < 2) continue;
                const double away = squared_distance(t->row(i), center(label[i]), d);
                if (away > most) most = away, far = i;
            }
            if (far < 0) continue;  // fewer distinct rows than clusters
            move(far, c, sums);
            slack[far] = -1.0f;
            place(centers.data() + at(c), far);
            std::fill(drop.begin(), drop.end(), 3e38f);
            any = true;
        }
        return any;
    }

    // Centers become the means of their rows; `drop` is how much of the slack in each cluster that may use up.
    void update() {
        std::vector<double> shift(k, 0.0);
        for (int c = 0; c < k; ++c) {
            if (!(sums.rows[c] > 0)) continue;
            for (int j = 0; j < d; ++j) {
                const double before = centers[at(c) + j], count = sums.weight_of(c, j);
                const double after = count > 0 ? t->mean[j] + sums.value[at(c) + j] / count : t->mean[j];
                centers[at(c) + j] = after;
                shift[c] += (after - before) * (after - before);
            }
            shift[c] = std::sqrt(shift[c]) * t->scale;
        }
        int widest = 0;
        for (int c = 1; c < k; ++c)
            if (shift[c] > shift[widest]) widest = c;
        double second = 0;
        for (int c = 0; c < k; ++c)
            if (c != widest) second = std::max(second, shift[c]);
        for (int c = 0; c < k; ++c)
            drop[c] = static_cast<float>((shift[c] + (c == widest ? second : shift[widest])) * 1.00001) + 1e-30f;
    }

    // ---- the exact finish

    void recount() {
        crew.share(worker, t->chunks(), [&](std::int64_t chunk, int) {
            Sums& delta = deltas[chunk];
            delta.clear(k, d, t->missing);
            for (std::int64_t i = chunk * CHUNK; i < std::min(t->n, (chunk + 1) * CHUNK); ++i)
                if (weight(i) > 0) delta.enter(t->row(i), t->mean.data(), label[i], weight(i), false);
        });
        sums.clear(k, d, t->missing);
        for (const Sums& delta : deltas) sums.add(delta);
    }

    void reorder() {
        const std::vector<int> order = canonical(centers, sums.weight);
        if (std::is_sorted(order.begin(), order.end())) return;
        std::vector<int> position(k);
        const std::vector<double> before = centers;
        const Sums sums_before = sums;
        for (int c = 0; c < k; ++c) {
            position[order[c]] = c;
            std::copy_n(before.data() + at(order[c]), d, centers.data() + at(c));
            sums.copy(sums_before, order[c], c);
        }
        for (std::int64_t i = 0; i < t->n; ++i) label[i] = position[label[i]];
    }
};

}  // namespace coterie
