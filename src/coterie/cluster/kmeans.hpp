// Weighted k-means: greedy k-means++, Lloyd, random swaps.
#pragma once
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "random.hpp"
#include "workers.hpp"

namespace coterie {

constexpr double TIE = 1e-12;        // squared distances closer than this are a tie: the first cluster wins
constexpr double SAME = 1e-4;        // inertias closer than this share are the same solution
constexpr int MAX_ITERATIONS = 1000;
constexpr double INF = std::numeric_limits<double>::infinity();

struct Table {  // n rows of d values, row by row; NaN = missing
    const double* z;
    std::int64_t n;
    int d;
    std::vector<double> mean;   // of the values present
    std::vector<char> blank;    // rows that lack every value
    const double* row(std::int64_t i) const { return z + i * d; }
};

inline double squared_distance(const double* x, const double* c, int d) {
    double sum = 0;
    for (int j = 0; j < d; ++j) {
        const double t = (x[j] - c[j]) * (x[j] - c[j]);
        sum += t == t ? t : 0.0;
    }
    return sum;
}

struct Near {
    int label;
    double first, second;  // squared distance to the labelled center, and to the nearest other one
};

inline Near nearest(const double* x, const double* centers, int k, int d, double* distance) {
    double least = INF;
    for (int c = 0; c < k; ++c) {
        distance[c] = squared_distance(x, centers + static_cast<std::size_t>(c) * d, d);
        least = std::min(least, distance[c]);
    }
    int label = 0;
    while (distance[label] > least + TIE) ++label;
    double second = INF;
    for (int c = 0; c < k; ++c)
        if (c != label) second = std::min(second, distance[c]);
    return {label, distance[label], second};
}

inline Table make_table(const double* z, std::int64_t n, int d) {
    Table table{z, n, d, std::vector<double>(d, 0.0), std::vector<char>(n, 1)};
    std::vector<double> present(d, 0.0);
    for (std::int64_t i = 0; i < n; ++i)
        for (int j = 0; j < d; ++j) {
            const double x = z[i * d + j];
            if (x != x) continue;
            table.blank[i] = 0;
            table.mean[j] += x;
            present[j] += 1;
        }
    for (int j = 0; j < d; ++j) table.mean[j] = present[j] > 0 ? table.mean[j] / present[j] : 0.0;
    return table;
}

struct Job {
    int k, data, weight;
    std::uint64_t seed;
    int starts, swaps, enough;  // enough: stop once the best inertia was reached so often; 0 = never
};

struct Solution {
    std::vector<double> centers;
    std::vector<double> sizes;
    std::vector<std::int32_t> label;
    double inertia = INF;
    int iterations = 0;
};

struct Answer {
    Solution best;
    int starts = 0, hits = 0;
    double runner_up = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> runner_up_centers;
};

class Fit {
public:
    Fit(const Table& table, const double* weight, int k, std::uint64_t seed, const std::atomic<bool>& stop)
        : t(table), k(k), d(table.d), seed(seed), stop(stop), w(table.n), distance(k) {
        for (std::int64_t i = 0; i < t.n; ++i) w[i] = t.blank[i] ? 0.0 : weight ? weight[i] : 1.0;
    }

    Solution start(std::uint64_t number) {
        Solution s;
        s.centers = seeds(number);
        lloyd(s);
        return s;
    }

    // Moves a random center onto a random row, keeps the result when it is better.
    void swap(Solution& best, int trials, std::uint64_t number) {
        for (int trial = 0; trial < trials; ++trial) {
            const std::uint64_t round = 1000000 + static_cast<std::uint64_t>(trial);
            Solution next;
            next.centers = best.centers;
            const int gone = std::min(k - 1, static_cast<int>(uniform(seed, number, round, 0) * k));
            place(next.centers.data() + static_cast<std::size_t>(gone) * d, draw(w, uniform(seed, number, round, 1)));
            lloyd(next);
            if (next.inertia < best.inertia * (1 - 1e-9)) {
                next.iterations += best.iterations;
                best = std::move(next);
            }
        }
    }

    // Labels, sizes and inertia of the final centers: the order of the clusters decides ties.
    void settle(Solution& s) {
        assign(s);
        s.sizes.assign(k, 0.0);
        for (std::int64_t i = 0; i < t.n; ++i)
            if (w[i] > 0) s.sizes[s.label[i]] += w[i];
    }

private:
    const Table& t;
    int k, d;
    std::uint64_t seed;
    const std::atomic<bool>& stop;
    std::vector<double> w, distance;

    std::int64_t draw(const std::vector<double>& mass, double u) const {
        double total = 0;
        for (double m : mass) total += m;
        const double target = u * total;
        double sum = 0;
        std::int64_t last = 0;
        for (std::int64_t i = 0; i < t.n; ++i) {
            if (!(mass[i] > 0)) continue;
            sum += mass[i];
            last = i;
            if (sum > target) break;
        }
        return last;
    }

    void place(double* center, std::int64_t i) const {
        for (int j = 0; j < d; ++j) center[j] = t.row(i)[j] == t.row(i)[j] ? t.row(i)[j] : t.mean[j];
    }

    std::vector<double> seeds(std::uint64_t number) {
        std::vector<double> centers(static_cast<std::size_t>(k) * d);
        std::vector<double> mass(w), cost(t.n, INF), best_cost(t.n), trial_cost(t.n), candidate(d);
        const int trials = 2 + static_cast<int>(std::log(k));
        place(centers.data(), draw(mass, uniform(seed, number, 0, 0)));
        for (std::int64_t i = 0; i < t.n; ++i) {
            cost[i] = squared_distance(t.row(i), centers.data(), d);
            mass[i] = w[i] * cost[i];
        }
        for (int c = 1; c < k; ++c) {
            double best_total = INF;
            for (int trial = 0; trial < trials; ++trial) {
                place(candidate.data(), draw(mass, uniform(seed, number, c, trial)));
                double total = 0;
                for (std::int64_t i = 0; i < t.n; ++i) {
                    trial_cost[i] = std::min(cost[i], squared_distance(t.row(i), candidate.data(), d));
                    total += w[i] * trial_cost[i];
                }
                if (total < best_total) {
                    best_total = total;
                    best_cost.swap(trial_cost);
                    std::copy(candidate.begin(), candidate.end(), centers.begin() + static_cast<std::ptrdiff_t>(c) * d);
                }
            }
            cost.swap(best_cost);
            for (std::int64_t i = 0; i < t.n; ++i) mass[i] = w[i] * cost[i];
        }
        return centers;
    }

    bool assign(Solution& s) {
        bool changed = false;
        s.inertia = 0;
        for (std::int64_t i = 0; i < t.n; ++i) {
            if (t.blank[i]) continue;
            const Near near = nearest(t.row(i), s.centers.data(), k, d, distance.data());
            changed |= near.label != s.label[i];
            s.label[i] = near.label;
            s.inertia += w[i] * near.first;
        }
        return changed;
    }

    void update(Solution& s) {
        std::vector<double> sum(static_cast<std::size_t>(k) * d, 0.0), present(sum);
        s.sizes.assign(k, 0.0);
        for (std::int64_t i = 0; i < t.n; ++i) {
            if (!(w[i] > 0)) continue;
            const std::size_t at = static_cast<std::size_t>(s.label[i]) * d;
            s.sizes[s.label[i]] += w[i];
            for (int j = 0; j < d; ++j) {
                const double x = t.row(i)[j];
                if (x != x) continue;
                sum[at + j] += w[i] * x;
                present[at + j] += w[i];
            }
        }
        for (std::size_t e = 0; e < sum.size(); ++e)
            s.centers[e] = present[e] > 0 ? sum[e] / present[e] : t.mean[e % d];
    }

    // An empty cluster takes the row that lies farthest from its own center.
    bool fill_empty(Solution& s) {
        bool any = false;
        std::vector<double> size(k, 0.0);
        for (std::int64_t i = 0; i < t.n; ++i)
            if (w[i] > 0) size[s.label[i]] += w[i];
        for (int c = 0; c < k; ++c) {
            if (size[c] > 0) continue;
            std::int64_t far = -1;
            double most = 0;
            for (std::int64_t i = 0; i < t.n; ++i) {
                if (!(w[i] > 0) || size[s.label[i]] <= w[i]) continue;
                const double away =
                    squared_distance(t.row(i), s.centers.data() + static_cast<std::size_t>(s.label[i]) * d, d);
                if (away > most) most = away, far = i;
            }
            if (far < 0) continue;  // fewer distinct rows than clusters
            size[s.label[far]] -= w[far];
            size[c] = w[far];
            s.label[far] = c;
            place(s.centers.data() + static_cast<std::size_t>(c) * d, far);
            any = true;
        }
        return any;
    }

    void lloyd(Solution& s) {
        s.label.assign(t.n, -1);
        for (s.iterations = 1; s.iterations <= MAX_ITERATIONS; ++s.iterations) {
            if (stop.load(std::memory_order_relaxed)) throw Stopped{};
            const bool changed = assign(s);
            const bool filled = fill_empty(s);
            if (!changed && !filled) break;
            update(s);
        }
        settle(s);
    }
};

// Clusters in canonical order: heaviest first, then by center.
inline void canonical(Solution& s, int k, int d) {
    std::vector<int> order(k), place(k);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](int a, int b) {
        if (s.sizes[a] != s.sizes[b]) return s.sizes[a] > s.sizes[b];
        const double *x = s.centers.data() + static_cast<std::size_t>(a) * d, *y = s.centers.data() + static_cast<std::size_t>(b) * d;
        if (std::lexicographical_compare(x, x + d, y, y + d)) return true;
        if (std::lexicographical_compare(y, y + d, x, x + d)) return false;
        return a < b;
    });
    Solution r = s;
    for (int c = 0; c < k; ++c) {
        place[order[c]] = c;
        r.sizes[c] = s.sizes[order[c]];
        std::copy_n(s.centers.data() + static_cast<std::size_t>(order[c]) * d, d, r.centers.data() + static_cast<std::size_t>(c) * d);
    }
    for (auto& label : r.label)
        if (label >= 0) label = place[label];
    s = std::move(r);
}

inline Answer solve(const Table& table, const double* weight, const Job& job, const std::atomic<bool>& stop) {
    Fit fit(table, weight, job.k, job.seed, stop);
    Answer answer;
    std::vector<Solution> found;
    std::size_t best = 0;
    for (int s = 0; s < job.starts; ++s) {
        found.push_back(fit.start(static_cast<std::uint64_t>(s)));
        if (found.back().inertia < found[best].inertia) best = found.size() - 1;
        const double limit = found[best].inertia * (1 + SAME);
        const auto hits = std::count_if(found.begin(), found.end(), [&](const Solution& f) { return f.inertia <= limit; });
        if (job.enough > 0 && hits >= job.enough) break;
    }
    answer.best = found[best];
    if (job.swaps > 0) fit.swap(answer.best, job.swaps, 0);
    const double limit = answer.best.inertia * (1 + SAME);
    answer.starts = static_cast<int>(found.size());
    const Solution* second = nullptr;
    for (const Solution& f : found) {
        if (f.inertia <= limit) ++answer.hits;
        else if (!second || f.inertia < second->inertia) second = &f;
    }
    if (second) {
        Solution copy = *second;
        copy.label.clear();
        canonical(copy, job.k, table.d);
        answer.runner_up = copy.inertia;
        answer.runner_up_centers = copy.centers;
    }
    canonical(answer.best, job.k, table.d);
    fit.settle(answer.best);
    return answer;
}

}  // namespace coterie
