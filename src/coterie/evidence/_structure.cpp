// What the structure test repeats thousands of times: unimodal margins, draws, silhouettes, corridors between clusters.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "corridor.hpp"
#include "../cluster/interpreter.hpp"
#include "marginals.hpp"
#include "../cluster/measures.hpp"

namespace nb = nanobind;
using namespace nb::literals;
using Doubles = nb::ndarray<const double, nb::c_contig, nb::device::cpu>;
using Labels = nb::ndarray<const std::int32_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Vector32 = nb::ndarray<const std::int32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Integers = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

namespace {

using coterie::array;
using coterie::parallel;

nb::tuple unimodal(Doubles x, Doubles foot, Doubles head, Integers modes) {
    coterie::Unimodal best = coterie::unimodal(x.data(), foot.data(), head.data(),
                                               static_cast<std::ptrdiff_t>(x.shape(0)), modes.data(), modes.shape(0));
    const std::size_t corners = best.x.size();
    return nb::make_tuple(array(std::move(best.x), {corners}), array(std::move(best.height), {corners}));
}

// normals (..., rows, q) -> values (rows, q): normals with correlation factor·factorᵀ, mapped to these margins.
nb::object draw(Doubles normals, Doubles factor, Doubles x, Doubles height, Integers corners, int threads) {
    const std::size_t q = factor.shape(0), rows = normals.size() / q;
    std::vector<coterie::Margin> margins;
    for (std::size_t j = 0; j < q; ++j) {
        const auto from = static_cast<std::size_t>(corners(j)), to = static_cast<std::size_t>(corners(j + 1));
        margins.emplace_back(x.data() + from, height.data() + from, to - from);
    }
    std::vector<double> values(rows * q);
    constexpr std::size_t BLOCK = 4096;
    parallel((rows + BLOCK - 1) / BLOCK, threads, [&](std::size_t block, int) {
        const std::size_t end = std::min(rows, (block + 1) * BLOCK);
        for (std::size_t r = block * BLOCK; r < end; ++r)
            for (std::size_t j = 0; j < q; ++j) {
                double sum = 0.0;
                for (std::size_t c = 0; c <= j; ++c) sum += factor.data()[j * q + c] * normals.data()[r * q + c];
                values[r * q + j] = margins[j].draw(sum);
            }
    });
    return array(std::move(values), {rows, q});
}

// Tables (b, n, d); job i looks at table data[i] with the first k[i] of centers[i]. Mean simplified silhouette a job.
nb::object silhouettes(Doubles tables, Doubles centers, Integers k, Integers data, int threads) {
    const std::size_t n = tables.shape(1), d = tables.shape(2), jobs = k.shape(0), most = centers.shape(1);
    std::vector<double> mean(jobs, 0.0);
    parallel(jobs, threads, [&](std::size_t job, int) {
        const double* z = tables.data() + static_cast<std::size_t>(data(job)) * n * d;
        const double* center = centers.data() + job * most * d;
        for (std::size_t r = 0; r < n; ++r) {
            double first = std::numeric_limits<double>::infinity(), second = first;
            for (std::int64_t c = 0; c < k(job); ++c) {
                const double *x = z + r * d, *to = center + static_cast<std::size_t>(c) * d;
                double sums[2] = {0.0, 0.0};  // two columns at a time
                for (std::size_t j = 0; j + 2 <= d; j += 2)
                    for (std::size_t u = 0; u < 2; ++u) {
                        const double t = (x[j + u] - to[j + u]) * (x[j + u] - to[j + u]);
                        sums[u] += t == t ? t : 0.0;
                    }
                double sum = sums[0] + sums[1];
                if (d % 2 == 1) {
                    const double t = (x[d - 1] - to[d - 1]) * (x[d - 1] - to[d - 1]);
                    sum += t == t ? t : 0.0;
                }
                second = std::min(second, std::max(first, sum));
                first = std::min(first, sum);
            }
            if (second > 0.0) mean[job] += (1.0 - std::sqrt(first / second)) / static_cast<double>(n);
        }
    });
    return array(std::move(mean), {jobs});
}

// The same layout. Per job: largest and mean dip over clusters with their nearest neighbor, depth of each cluster.
nb::tuple gaps(Doubles tables, Labels label, Doubles centers, Integers k, Integers data, bool around, int threads) {
    const std::size_t n = tables.shape(1), d = tables.shape(2), jobs = k.shape(0), most = centers.shape(1);
    std::vector<double> largest(jobs), mean(jobs), depth(jobs * most, 0.0);
    std::vector<coterie::Corridors> scratch(static_cast<std::size_t>(threads));
    parallel(jobs, threads, [&](std::size_t job, int worker) {
        const auto result = scratch[static_cast<std::size_t>(worker)].measure(
            tables.data() + static_cast<std::size_t>(data(job)) * n * d, static_cast<std::int64_t>(n),
            static_cast<int>(d), label.data() + job * n, centers.data() + job * most * d, static_cast<int>(k(job)),
            around, depth.data() + job * most);
        largest[job] = result.dip_max;
        mean[job] = result.dip_mean;
    });
    return nb::make_tuple(array(std::move(largest), {jobs}), array(std::move(mean), {jobs}),
                          array(std::move(depth), {jobs, most}));
}

// The same layout. Per job: depth of each cluster, ways around included, and what the easiest way between two must cross.
nb::tuple barriers(Doubles tables, Labels label, Doubles centers, Integers k, Integers data, double least, int threads) {
    const std::size_t n = tables.shape(1), d = tables.shape(2), jobs = k.shape(0), most = centers.shape(1);
    std::vector<double> depth(jobs * most, 0.0), barrier(jobs * most * most, 0.0);
    std::vector<coterie::Corridors> scratch(static_cast<std::size_t>(threads));
    parallel(jobs, threads, [&](std::size_t job, int worker) {
        const auto of = static_cast<std::size_t>(k(job));
        std::vector<double> found(of * of);
        scratch[static_cast<std::size_t>(worker)].separate(
            tables.data() + static_cast<std::size_t>(data(job)) * n * d, static_cast<std::int64_t>(n),
            static_cast<int>(d), label.data() + job * n, centers.data() + job * most * d, static_cast<int>(of),
            least * static_cast<double>(n), depth.data() + job * most, found.data());
        for (std::size_t a = 0; a < of; ++a)
            for (std::size_t b = 0; b < of; ++b) barrier[(job * most + a) * most + b] = found[a * of + b];
    });
    return nb::make_tuple(array(std::move(depth), {jobs, most}), array(std::move(barrier), {jobs, most, most}));
}

// Overlaps (pairs, k, k) -> for each pair the column that partners each row, with the largest total.
nb::object matches(Doubles overlaps) {
    const std::size_t pairs = overlaps.shape(0), k = overlaps.shape(1);
    std::vector<std::int32_t> partner;
    partner.reserve(pairs * k);
    for (std::size_t p = 0; p < pairs; ++p)
        for (const int column : coterie::match(overlaps.data() + p * k * k, static_cast<int>(k), static_cast<int>(k)))
            partner.push_back(column);
    return array(std::move(partner), {pairs, k});
}

// Rows (n, d) without missing values -> the nearest others of each of the first ones, nearest first: squared distances,
// and which they are.
nb::tuple neighbors(Doubles rows, int first, int many, int threads) {
    const std::size_t n = rows.shape(0), d = rows.shape(1), m = std::min(static_cast<std::size_t>(many), n - 1);
    const std::size_t asked = std::min(static_cast<std::size_t>(first), n);
    std::vector<double> square(asked * m);
    std::vector<std::int32_t> place(asked * m);
    constexpr std::size_t BLOCK = 64;
    parallel((asked + BLOCK - 1) / BLOCK, threads, [&](std::size_t block, int) {
        std::vector<std::pair<double, std::int32_t>> others(n);
        for (std::size_t i = block * BLOCK; i < std::min(asked, (block + 1) * BLOCK); ++i) {
            const double* a = rows.data() + i * d;
            for (std::size_t r = 0; r < n; ++r) {
                const double* b = rows.data() + r * d;
                double sum = 0.0;
                for (std::size_t j = 0; j < d; ++j) sum += (a[j] - b[j]) * (a[j] - b[j]);
                others[r] = {r == i ? std::numeric_limits<double>::infinity() : sum, static_cast<std::int32_t>(r)};
            }
            const auto last = others.begin() + static_cast<std::ptrdiff_t>(m);
            std::partial_sort(others.begin(), last, others.end());
            for (std::size_t r = 0; r < m; ++r) std::tie(square[i * m + r], place[i * m + r]) = others[r];
        }
    });
    return nb::make_tuple(array(std::move(square), {asked, m}), array(std::move(place), {asked, m}));
}

// Rows (n, d), refits (r, k, d), owner of each of the k centers: share of refits whose nearest center belongs to `label`.
nb::object votes(Doubles rows, Doubles refits, Vector32 label, Vector32 owner, int threads) {
    const std::size_t n = rows.shape(0), d = rows.shape(1), count = refits.shape(0), k = refits.shape(1);
    std::vector<double> share(n, std::numeric_limits<double>::quiet_NaN());
    constexpr std::size_t BLOCK = 1024;
    parallel((n + BLOCK - 1) / BLOCK, threads, [&](std::size_t block, int) {
        std::vector<double> distance(k);
        for (std::size_t i = block * BLOCK; i < std::min(n, (block + 1) * BLOCK); ++i) {
            if (label(i) < 0) continue;
            std::size_t same = 0;
            for (std::size_t r = 0; r < count; ++r) {
                const auto near = coterie::nearest(rows.data() + i * d, refits.data() + r * k * d, static_cast<int>(k),
                                                   static_cast<int>(d), distance.data());
                same += owner(static_cast<std::size_t>(near.label)) == label(i);
            }
            share[i] = static_cast<double>(same) / static_cast<double>(count);
        }
    });
    return array(std::move(share), {n});
}

}  // namespace

NB_MODULE(_structure, m) {
    m.def("unimodal", &unimodal, "x"_a, "foot"_a, "head"_a, "modes"_a);
    m.def("draw", &draw, "normals"_a, "factor"_a, "x"_a, "height"_a, "corners"_a, "threads"_a);
    m.def("silhouettes", &silhouettes, "tables"_a, "centers"_a, "k"_a, "data"_a, "threads"_a);
    m.def("gaps", &gaps, "tables"_a, "label"_a, "centers"_a, "k"_a, "data"_a, "around"_a, "threads"_a);
    m.def("barriers", &barriers, "tables"_a, "label"_a, "centers"_a, "k"_a, "data"_a, "least"_a, "threads"_a);
    m.def("matches", &matches, "overlaps"_a);
    m.def("neighbors", &neighbors, "rows"_a, "first"_a, "many"_a, "threads"_a);
    m.def("votes", &votes, "rows"_a, "refits"_a, "label"_a, "owner"_a, "threads"_a);
}
