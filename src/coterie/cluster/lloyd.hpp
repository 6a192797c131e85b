// Lloyd's iterations on one table, weighted: exact labels, work only where something can change.
#pragma once
#include <numeric>

#include "table.hpp"

namespace coterie {

constexpr int MAX_ITERATIONS = 1000;  // the slack of a row stays a lower bound for so many (see `settle` in passes.cpp)
constexpr int MAX_POLISH = 100;
constexpr float NEVER = 3e38f;

struct Solution {
    std::vector<double> centers, sizes;
    std::vector<std::int32_t> label;
    double inertia = INF;
    int iterations = 0;
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

// Of each cluster: the sums of weight · (value - mean), with missing values then the weight of those present; the weight
// and number of its rows.
struct Sums {
    int d = 0, width = 0, padded = 0;
    Buffer<double> value;
    double moved = 0;  // rows that changed cluster

    void clear(int k, const Table& t) {
        d = t.d, width = t.width, padded = sums_width(t.width);
        value.assign(static_cast<std::size_t>(k) * padded, 0.0);
        moved = 0;
    }
    void add(const Sums& other) {
        for (std::size_t e = 0; e < value.size(); ++e) value[e] += other.value[e];
        moved += other.moved;
    }
    double of(int c, int j) const { return value[static_cast<std::size_t>(c) * padded + j]; }
    double weight(int c) const { return of(c, width); }
    double weight(int c, int j) const { return of(c, width > d ? d + j : width); }
    double rows(int c) const { return of(c, width + 1); }
    std::vector<double> weights() const {
        std::vector<double> all(value.size() / padded);
        for (std::size_t c = 0; c < all.size(); ++c) all[c] = weight(static_cast<int>(c));
        return all;
    }
};

// What one worker needs to look at a chunk of rows; kept from pass to pass.
struct alignas(64) Scratch {
    static constexpr int BATCH = 256;
    std::int32_t id[CHUNK + TILE], label[BATCH];
    std::uint32_t flags[BATCH / TILE];
    Move moves[BATCH + 1];
    Buffer<float> x;
    std::vector<double> distance;
};

class alignas(64) Lloyd {
public:
    Crew& crew;
    const int worker;
    const Table* t = nullptr;
    int k = 0, d = 0;
    Buffer<float> mass;          // weights as floats, 0 in the rows that fill up the last tile
    Buffer<std::int32_t> label;
    Sums sums;
    Buffer<float> value;         // the centers as floats, see CenterTable

    Lloyd(Crew& crew, int worker, std::vector<Scratch>& scratch) : crew(crew), worker(worker), scratch(scratch) {}

    void take(const Table& table, const double* weights, int clusters) {
        if (t != &table || w != weights) weigh(table, weights);
        k = clusters;
        deltas.resize(t->chunks());
        const std::size_t padded = (static_cast<std::size_t>(k) + TILE - 1) / TILE * TILE;
        value.resize(static_cast<std::size_t>(k) * t->width);
        half.resize(padded);
        drop.assign(padded, 0.0f);
        centers.clear();
    }

    // The solution that a set of centers leads to. With `beat`, gives up on one that will not come below that.
    Solution run(const std::vector<double>& from, double beat = INF) {
        load(from);
        return iterate(beat);
    }

    // The same from the labels and sums of a solution whose centers are nearly the same.
    Solution run_from(const std::vector<double>& from, const Buffer<std::int32_t>& labels, const Sums& known, double beat) {
        centers = from;
        sums = known;
        label = labels;
        return iterate(beat);
    }

    // Labels and sums of a solution, for `run_from`.
    void load_labels(const Solution& s) {
        load(s.centers);
        pass(true);
    }

    // Puts one row into the cluster where it adds least to the inertia, the means moving with it (Hartigan's step).
    // What Lloyd cannot improve, this sometimes can: leaving a cluster of m rows saves m / (m - 1) of the distance.
    bool transfer(std::int64_t i) {
        const int from = label[i];
        if (!(weight(i) > 0) || sums.rows(from) < 2) return false;
        int to = from;
        double least = cost_of(i, from, -weight(i)) * (1 - 1e-9);
        for (int c = 0; c < k; ++c) {
            if (c == from || !(sums.rows(c) > 0)) continue;
            const double cost = cost_of(i, c, weight(i));
            if (cost < least) least = cost, to = c;
        }
        if (to == from) return false;
        const Move move{static_cast<std::int32_t>(i), from, to};
        apply(&move, 1, sums);
        label[i] = to;
        for (int c : {from, to}) set_means(c);
        return true;
    }

    // From the present labels.
    Solution resume() { return iterate(INF); }

    // Exact means, canonical order, exact labels, until nothing moves any more; then the inertia row by row.
    Solution finish(const Solution& from) {
        if (centers != from.centers) {
            load_labels(from);
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
        s.sizes = sums.weights();
        s.inertia = over_rows([&](std::int64_t i) { return weight(i) * squared_distance(t->row(i), center(label[i]), d); });
        return s;
    }

    std::size_t at(int c) const { return static_cast<std::size_t>(c) * d; }

    void place(double* center, std::int64_t i) const {
        for (int j = 0; j < d; ++j) center[j] = t->row(i)[j] == t->row(i)[j] ? t->row(i)[j] : t->mean[j];
    }

private:
    std::vector<Scratch>& scratch;
    const double* w = nullptr;
    double spread = 0;             // weighted squares of all rows around the mean
    Buffer<float> slack;           // of each row: what the second nearest center is farther away, at least
    std::vector<double> centers;   // in the caller's units
    std::vector<double> before, shift;  // the centers before an update, and how far it moved each
    std::vector<Sums> deltas;      // of each chunk in one pass
    Buffer<float> half, drop;

    double weight(std::int64_t i) const { return w ? w[i] : 1.0; }
    const double* center(int c) const { return centers.data() + at(c); }

    // The sum of term(row), the same for any number of threads.
    template <class Term>
    double over_rows(Term term) {
        std::vector<double> part(t->chunks(), 0.0);
        crew.share(worker, t->chunks(), [&](std::int64_t chunk, int) {
            for (std::int64_t i = chunk * CHUNK; i < std::min(t->n, (chunk + 1) * CHUNK); ++i) part[chunk] += term(i);
        });
        return std::accumulate(part.begin(), part.end(), 0.0);
    }

    // What a row of weight w adds to the inertia of a cluster that it joins, or takes from it when it leaves (w < 0).
    double cost_of(std::int64_t i, int c, double w) const {
        double sum = 0;
        for (int j = 0; j < d; ++j) {
            const double away = t->row(i)[j] - center(c)[j], m = sums.weight(c, j);
            if (away == away && m + w > 0) sum += away * away * m / (m + w);
        }
        return sum;
    }

    void set_means(int c) {
        for (int j = 0; j < d; ++j) {
            const double m = sums.weight(c, j);
            centers[at(c) + j] = m > 0 ? t->mean[j] + sums.of(c, j) / m : t->mean[j];
        }
    }

    void weigh(const Table& table, const double* weights) {
        t = &table, w = weights, d = table.d;
        const std::size_t rows = static_cast<std::size_t>(t->tiles) * TILE;
        label.resize(rows);
        slack.resize(rows);
        mass.assign(rows, 0.0f);
        for (std::int64_t i = 0; i < t->n; ++i) mass[i] = static_cast<float>(weight(i));
        spread = over_rows([&](std::int64_t i) { return weight(i) * squared_distance(t->row(i), t->mean.data(), d); });
    }

    void load(const std::vector<double>& from) {
        centers = from;
        sums.clear(k, *t);
        std::fill(label.begin(), label.begin() + t->n, -1);
        std::fill(label.begin() + t->n, label.end(), 0);
    }

    Solution iterate(double beat) {
        Solution s;
        double before = INF;
        while (s.iterations < MAX_ITERATIONS) {
            bool moved = pass(s.iterations++ == 0);
            moved |= fill_empty();
            if (!moved) break;
            update();
            if (beat == INF) continue;
            const double now = inertia();
            if (now - beat > 10 * (before - now)) break;  // ten more steps like the last would not do
            before = now;
        }
        s.centers = centers;
        s.sizes = sums.weights();
        s.inertia = inertia();
        return s;
    }

    double inertia() const {
        double sum = spread;
        for (int c = 0; c < k; ++c)
            for (int j = 0; j < d; ++j) {
                const double v = sums.of(c, j);
                if (sums.weight(c, j) > 0) sum -= v * v / sums.weight(c, j);
            }
        return std::max(sum, 0.0);
    }

    // Gives every row its nearest center; with `all`, without asking the slack first. True if a row changed cluster.
    bool pass(bool all) {
        crew.check(worker, t->n);
        for (int c = 0; c < k; ++c) {
            float* to = value.data() + static_cast<std::size_t>(c) * t->width;
            double square = 0;
            for (int j = 0; j < d; ++j) {
                to[j] = static_cast<float>((center(c)[j] - t->mean[j]) * t->scale);
                const double half_of = static_cast<double>(to[j]) * static_cast<double>(to[j]) / 2;
                if (t->missing) to[d + j] = static_cast<float>(-half_of);
                else square += half_of;
            }
            half[c] = static_cast<float>(square);
        }
        sums.moved = 0;
        if (t->chunks() == 1) {
            look_at(0, all, scratch[worker], sums);
            return sums.moved > 0;
        }
        crew.share(worker, t->chunks(), [&](std::int64_t chunk, int helper) {
            deltas[chunk].clear(k, *t);
            look_at(chunk, all, scratch[helper], deltas[chunk]);
        });
        for (const Sums& delta : deltas) sums.add(delta);
        return sums.moved > 0;
    }

    void look_at(std::int64_t chunk, bool all, Scratch& s, Sums& delta) {
        const float tie = static_cast<float>(TIE * t->scale * t->scale * 1.01) + 1e-30f;
        const float no_slack = static_cast<float>(std::sqrt(TIE) * t->scale * 1.01) + 1e-30f;
        const CenterTable table{k, value.data(), half.data(), static_cast<float>(t->error), tie};
        const std::int64_t tile = chunk * CHUNK_TILES, tiles = std::min(CHUNK_TILES, t->tiles - tile), row = tile * TILE;
        s.x.resize(static_cast<std::size_t>(t->stride) * TILE);
        std::int64_t due = tiles * TILE;
        if (!all)
            due = passes().sweep(slack.data() + row, label.data() + row, drop.data(), k, no_slack, tiles, s.id);
        const bool listed = 2 * due <= tiles * TILE;  // else it is cheaper to look at all
        if (!listed) due = tiles * TILE;
        else if (due > 0) std::fill_n(s.id + due, TILE, s.id[due - 1]);
        for (std::int64_t i = 0; i < due; i += Scratch::BATCH) {
            const std::int64_t some = std::min<std::int64_t>(Scratch::BATCH, due - i), first = row + i;
            if (listed)
                passes().nearest_of(t->rows_from(tile), s.id + i, static_cast<int>(some), table, label.data() + row,
                                    {s.label, slack.data() + row, s.flags, s.x.data()});
            else
                passes().nearest(t->rows_from(tile + i / TILE), some / TILE, table, label.data() + first,
                                 {s.label, slack.data() + first, s.flags, s.x.data()});
            int count = 0;
            for (std::int64_t b = 0; b * TILE < some; ++b)
                for (std::uint32_t left = s.flags[b] & 0xffff; left; left &= left - 1) {
                    const int r = __builtin_ctz(left);
                    const std::int64_t at = listed ? row + s.id[i + b * TILE + r] : first + b * TILE + r;
                    if (at >= t->n) break;
                    const bool unsure = s.flags[b] >> (16 + r) & 1;
                    const Move move{static_cast<std::int32_t>(at), label[at], unsure ? exact(at, s) : s.label[b * TILE + r]};
                    if (move.to == move.from) continue;
                    label[at] = move.to;
                    if (!w || weight(at) > 0) s.moves[count++] = move;
                    else slack[at] = NEVER;  // counts nowhere: not looked at again until the end
                }
            apply(s.moves, count, delta);
        }
        if (!listed && chunk + 1 == t->chunks()) std::fill(slack.begin() + t->n, slack.end(), NEVER);  // no such rows
    }

    int exact(std::int64_t i, Scratch& s) const {
        s.distance.resize(k);
        return nearest(t->row(i), centers.data(), k, d, s.distance.data()).label;
    }

    void apply(const Move* moves, int count, Sums& delta) const {
        delta.moved += count;
        passes().carry(t->values, t->origin.data(), w, t->width, moves, count, delta.value.data());
    }

    // An empty cluster takes the row that lies farthest from its own center.
    bool fill_empty() {
        bool any = false;
        for (int c = 0; c < k; ++c) {
            if (sums.rows(c) > 0) continue;
            std::int64_t far = -1;
            double most = 0;
            for (std::int64_t i = 0; i < t->n; ++i) {
                if (!(weight(i) > 0) || sums.rows(label[i]) < 2) continue;
                const double away = squared_distance(t->row(i), center(label[i]), d);
                if (away > most) most = away, far = i;
            }
            if (far < 0) continue;  // fewer distinct rows than clusters
            const Move move{static_cast<std::int32_t>(far), label[far], c};
            apply(&move, 1, sums);
            label[far] = c;
            slack[far] = -1.0f;
            place(centers.data() + at(c), far);
            any = true;
        }
        if (any) std::fill(slack.begin(), slack.begin() + t->n, -1.0f);
        return any;
    }

    // Centers become the means of their rows; `drop` is how much of the slack in each cluster that may use up.
    void update() {
        double widest = 0, second = 0;
        before = centers;
        shift.assign(k, 0.0);
        for (int c = 0; c < k; ++c) {
            if (!(sums.rows(c) > 0)) continue;
            set_means(c);
            for (std::size_t e = at(c); e < at(c + 1); ++e) shift[c] += (centers[e] - before[e]) * (centers[e] - before[e]);
            shift[c] = std::sqrt(shift[c]) * t->scale;
            second = std::max(second, std::min(widest, shift[c]));
            widest = std::max(widest, shift[c]);
        }
        for (int c = 0; c < k; ++c)
            drop[c] = static_cast<float>((shift[c] + (shift[c] == widest ? second : widest)) * 1.00001) + 1e-30f;
    }

    void recount() {
        crew.share(worker, t->chunks(), [&](std::int64_t chunk, int helper) {
            deltas[chunk].clear(k, *t);
            Move* moves = scratch[helper].moves;
            const std::int64_t end = std::min(t->n, (chunk + 1) * CHUNK);
            int count = 0;
            for (std::int64_t i = chunk * CHUNK; i < end; ++i) {
                if (weight(i) > 0) moves[count++] = {static_cast<std::int32_t>(i), -1, label[i]};
                if (count == Scratch::BATCH || i + 1 == end) apply(moves, count, deltas[chunk]), count = 0;
            }
        });
        sums.clear(k, *t);
        for (const Sums& delta : deltas) sums.add(delta);
    }

    void reorder() {
        const std::vector<int> order = canonical(centers, sums.weights());
        if (std::is_sorted(order.begin(), order.end())) return;
        std::vector<int> position(k);
        for (int c = 0; c < k; ++c) position[order[c]] = c;
        before = centers;
        for (int c = 0; c < k; ++c) std::copy_n(before.data() + at(order[c]), d, centers.data() + at(c));
        for (std::int64_t i = 0; i < t->n; ++i) label[i] = position[label[i]];
        recount();
    }
};

}  // namespace coterie
