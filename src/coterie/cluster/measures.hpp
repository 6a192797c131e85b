// Statistics that live beside k-means: dip, silhouettes, agreement of partitions, the normal distribution.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "table.hpp"

namespace coterie {

// Hartigan & Hartigan (1985): the largest distance between the distribution of a sorted sample and the nearest unimodal
// one. Row i is a step from height i to i + 1. A unimodal curve is convex up to its mode and concave after it: the modal
// interval shrinks to where the greatest convex minorant of the feet and the least concave majorant of the heads are
// farthest apart, until what the steps outside it need decides. Tied rows stand above each other, as rows that lie
// next to each other would in the limit.
class DipStatistic {
public:
    double operator()(const std::vector<double>& sorted) {
        x = sorted.data();
        int low = 0, high = static_cast<int>(sorted.size()) - 1;
        if (high < 1 || x[0] == x[high]) return 0.0;
        double twice = 1.0;  // no curve is nearer than half a row's own step
        while (low < high) {
            hull(convex, low, high, 1.0);
            hull(concave, low, high, -1.0);
            double gap = 0;
            int from = low, to = high;
            widest(gap, from, to);
            if (gap <= twice) break;
            for (std::size_t c = 0; convex[c] < from; ++c)
                for (int i = convex[c]; i <= convex[c + 1]; ++i)
                    twice = std::max(twice, i + 1 - chord(convex[c], convex[c + 1], i));
            for (std::size_t c = concave.size() - 1; concave[c] > to; --c)
                for (int i = concave[c - 1]; i <= concave[c]; ++i)
                    twice = std::max(twice, chord(concave[c - 1], concave[c], i) + 1 - i);
            if (from == low && to == high) break;
            low = from;
            high = to;
        }
        return twice / (2.0 * static_cast<double>(sorted.size()));
    }

private:
    const double* x = nullptr;
    std::vector<int> convex, concave;  // corners of the two hulls

    void hull(std::vector<int>& corners, int low, int high, double sign) const {
        corners.assign(1, low);
        for (int i = low + 1; i <= high; ++i) {
            while (corners.size() > 1) {
                const int a = corners[corners.size() - 2], b = corners.back();
                if (sign * ((i - b) * (x[b] - x[a]) - (b - a) * (x[i] - x[b])) > 0) break;
                corners.pop_back();
            }
            corners.push_back(i);
        }
    }

    double chord(int a, int b, int i) const {  // the foot of row i on the line from row a to row b
        return x[a] == x[b] ? i : a + (b - a) * ((x[i] - x[a]) / (x[b] - x[a]));
    }

    void widest(double& gap, int& from, int& to) const {
        for (std::size_t g = 0, h = 0; g < convex.size(); ++g) {  // at the corners of the minorant
            while (concave[h] < convex[g]) ++h;
            const double head = (h == 0 ? concave[0] : chord(concave[h - 1], concave[h], convex[g])) + 1;
            if (head - convex[g] > gap) gap = head - convex[g], from = convex[g], to = concave[h];
        }
        for (std::size_t g = 0, h = 0; h < concave.size(); ++h) {  // at those of the majorant
            while (g + 1 < convex.size() && convex[g + 1] <= concave[h]) ++g;
            const double foot = g + 1 == convex.size() ? convex[g] : chord(convex[g], convex[g + 1], concave[h]);
            if (concave[h] + 1 - foot > gap) gap = concave[h] + 1 - foot, from = convex[g], to = concave[h];
        }
    }
};

inline double norm_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

// The x with norm_cdf(x) = p: Halley's steps on log Φ(x) = log p, from the tail's asymptote.
inline double norm_ppf(double p) {
    if (!(p > 0)) return p == 0 ? -INF : std::nan("");
    if (!(p < 1)) return p == 1 ? INF : std::nan("");
    if (p > 0.5) return -norm_ppf(1 - p);
    const double wanted = std::log(p), pi = 3.14159265358979323846;
    const double t = std::sqrt(-2 * wanted);
    double x = p > 0.02 ? (p - 0.5) * std::sqrt(2 * pi) : -std::sqrt(t * t - std::log(2 * pi * t * t));
    for (int step = 0; step < 20; ++step) {
        const double cdf = norm_cdf(x), ratio = std::exp(-x * x / 2) / std::sqrt(2 * pi) / cdf;
        const double f = std::log(cdf) - wanted, curve = -ratio * (x + ratio);
        const double move = 2 * f * ratio / (2 * ratio * ratio - f * curve);
        x -= move;
        if (std::fabs(move) <= 1e-15 * std::max(1.0, std::fabs(x))) break;
    }
    return x;
}

// Mean distance of row i to the rows of every cluster, then Rousseeuw's (b - a) / max(a, b).
inline double silhouette(const Table& t, const std::int32_t* label, const std::vector<double>& count, std::int64_t i,
                         std::vector<double>& sum) {
    const int k = static_cast<int>(count.size()), own = label[i];
    if (own < 0 || count[own] <= 1) return own < 0 ? std::nan("") : 0.0;
    std::fill(sum.begin(), sum.end(), 0.0);
    for (std::int64_t r = 0; r < t.n; ++r)
        if (label[r] >= 0) sum[label[r]] += std::sqrt(squared_distance(t.row(i), t.row(r), t.d));
    const double a = sum[own] / (count[own] - 1);
    double b = INF;
    for (int c = 0; c < k; ++c)
        if (c != own && count[c] > 0) b = std::min(b, sum[c] / count[c]);
    if (b == INF) return 0.0;
    return a == b ? 0.0 : (b - a) / std::max(a, b);
}

// The column for every row of a rows × columns table (rows <= columns) with the largest total: shortest augmenting
// paths with potentials (Kuhn 1955, Munkres 1957).
inline std::vector<int> match(const double* gain, int rows, int columns) {
    std::vector<double> row_price(rows + 1, 0.0), column_price(columns + 1, 0.0);
    std::vector<int> owner(columns + 1, 0), previous(columns + 1, 0);  // 1-based; 0 = nobody
    for (int r = 1; r <= rows; ++r) {
        owner[0] = r;
        int column = 0;
        std::vector<double> slack(columns + 1, INF);
        std::vector<char> seen(columns + 1, 0);
        do {
            seen[column] = 1;
            const int row = owner[column];
            double step = INF;
            int next = 0;
            for (int c = 1; c <= columns; ++c) {
                if (seen[c]) continue;
                const double cost =
                    -gain[static_cast<std::size_t>(row - 1) * columns + c - 1] - row_price[row] - column_price[c];
                if (cost < slack[c]) slack[c] = cost, previous[c] = column;
                if (slack[c] < step) step = slack[c], next = c;
            }
            for (int c = 0; c <= columns; ++c) {
                if (seen[c]) row_price[owner[c]] += step, column_price[c] -= step;
                else slack[c] -= step;
            }
            column = next;
        } while (owner[column] != 0);
        for (; column; column = previous[column]) owner[column] = owner[previous[column]];
    }
    std::vector<int> result(rows, -1);
    for (int c = 1; c <= columns; ++c)
        if (owner[c]) result[owner[c] - 1] = c - 1;
    return result;
}

// Hubert & Arabie (1985) from the contingency table of two labelings; rows with a negative label count nowhere.
inline double adjusted_rand(const std::int32_t* a, const std::int32_t* b, std::int64_t n, int ka, int kb,
                            std::vector<double>& table) {
    table.assign(static_cast<std::size_t>(ka) * kb + ka + kb, 0.0);
    double* in_a = table.data() + static_cast<std::size_t>(ka) * kb;
    double* in_b = in_a + ka;
    double counted = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        if (a[i] < 0 || b[i] < 0) continue;
        table[static_cast<std::size_t>(a[i]) * kb + b[i]] += 1;
        counted += 1;
    }
    auto pairs = [](double m) { return m * (m - 1) / 2; };
    double both = 0, left = 0, right = 0;
    for (int p = 0; p < ka; ++p)
        for (int q = 0; q < kb; ++q) {
            const double m = table[static_cast<std::size_t>(p) * kb + q];
            both += pairs(m);
            in_a[p] += m;
            in_b[q] += m;
        }
    for (int p = 0; p < ka; ++p) left += pairs(in_a[p]);
    for (int q = 0; q < kb; ++q) right += pairs(in_b[q]);
    const double expected = pairs(counted) > 0 ? left * right / pairs(counted) : 0.0, most = (left + right) / 2;
    return most == expected ? 1.0 : (both - expected) / (most - expected);
}

}  // namespace coterie
