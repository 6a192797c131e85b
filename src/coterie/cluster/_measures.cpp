// Python's view of the statistics that live beside k-means.
#include <nanobind/stl/vector.h>

#include "interpreter.hpp"
#include "measures.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace coterie {
namespace {

nb::object silhouettes(const Array<double, 2>& z, const Array<std::int32_t, 1>& label, int k,
                       const Array<std::int64_t, 1>& rows, int threads) {
    const Table table(z.data(), static_cast<std::int64_t>(z.shape(0)), static_cast<int>(z.shape(1)));
    std::vector<double> count(k, 0.0), result(rows.shape(0));
    for (std::int64_t i = 0; i < table.n; ++i)
        if (label.data()[i] >= 0) count[label.data()[i]] += 1;
    constexpr std::size_t BLOCK = 64;
    parallel((result.size() + BLOCK - 1) / BLOCK, threads, [&](std::size_t b, int) {
        std::vector<double> sum(k);
        for (std::size_t r = b * BLOCK; r < std::min(result.size(), (b + 1) * BLOCK); ++r)
            result[r] = silhouette(table, label.data(), count, rows.data()[r], sum);
    });
    return array(std::move(result));
}

nb::object adjusted_rands(const Array<std::int32_t, 2>& a, const Array<std::int32_t, 2>& b, int ka, int kb,
                         int threads) {
    const std::size_t pairs = std::max(a.shape(0), b.shape(0));
    const auto n = static_cast<std::int64_t>(a.shape(1));
    std::vector<double> result(pairs);
    parallel(pairs, threads, [&](std::size_t p, int) {
        std::vector<double> table;
        result[p] = adjusted_rand(a.data() + (a.shape(0) == 1 ? 0 : p) * n, b.data() + (b.shape(0) == 1 ? 0 : p) * n, n,
                                  ka, kb, table);
    });
    return array(std::move(result));
}

nb::object matched(const Array<double, 2>& gain) {
    return array(match(gain.data(), static_cast<int>(gain.shape(0)), static_cast<int>(gain.shape(1))));
}

nb::object dips(const std::vector<Array<double, 1>>& samples, int threads) {
    std::vector<double> result(samples.size());
    parallel(samples.size(), threads, [&](std::size_t s, int) {
        std::vector<double> x(samples[s].data(), samples[s].data() + samples[s].shape(0));
        std::sort(x.begin(), x.end());
        result[s] = DipStatistic()(x);
    });
    return array(std::move(result));
}

template <double (*F)(double)>
nb::object mapped(const Array<double, 1>& x, int threads) {
    std::vector<double> result(x.shape(0));
    parallel_rows(static_cast<std::int64_t>(result.size()), threads,
                  [&](std::int64_t from, std::int64_t to) { std::transform(x.data() + from, x.data() + to, result.begin() + from, F); });
    return array(std::move(result));
}

}  // namespace

NB_MODULE(_measures, m) {
    m.def("silhouettes", &silhouettes, "z"_a, "label"_a, "k"_a, "rows"_a, "threads"_a);
    m.def("adjusted_rands", &adjusted_rands, "a"_a, "b"_a, "ka"_a, "kb"_a, "threads"_a);
    m.def("match", &matched, "gain"_a);
    m.def("dips", &dips, "samples"_a, "threads"_a);
    m.def("norm_cdf", &mapped<norm_cdf>, "x"_a, "threads"_a);
    m.def("norm_ppf", &mapped<norm_ppf>, "p"_a, "threads"_a);
}

}  // namespace coterie
