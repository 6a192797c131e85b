// Python's view of the kernel: arrays in, arrays out, the interpreter lock released while threads work.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <stdexcept>

#include "batch.hpp"
#include "interpreter.hpp"
#include "measures.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace coterie {
namespace {

using Matrix = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Vector = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Labels = nb::ndarray<const std::int32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using LabelRows = nb::ndarray<const std::int32_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Integers = nb::ndarray<const std::int64_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Rows = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

template <class Task>
void parallel_rows(std::int64_t n, int threads, Task task) {  // task(from, to)
    constexpr std::int64_t BLOCK = 4096;
    parallel(static_cast<std::size_t>((n + BLOCK - 1) / BLOCK), threads, [&](std::size_t b, int) {
        const std::int64_t from = static_cast<std::int64_t>(b) * BLOCK;
        task(from, std::min(n, from + BLOCK));
    });
}

nb::list fit_many(const std::vector<Matrix>& data, const std::vector<Vector>& weights, const Integers& jobs, bool labels,
                  int threads, const nb::object& progress) {
    std::vector<Table> tables;
    for (const Matrix& m : data) tables.emplace_back(m.data(), static_cast<std::int64_t>(m.shape(0)), static_cast<int>(m.shape(1)));
    std::vector<const double*> weight;
    for (const Vector& v : weights) weight.push_back(v.data());
    std::vector<Job> todo;
    for (std::size_t i = 0; i < jobs.shape(0); ++i) {
        const std::int64_t* f = jobs.data() + i * jobs.shape(1);
        todo.push_back({static_cast<int>(f[0]), static_cast<int>(f[1]), static_cast<int>(f[2]),
                        static_cast<std::uint64_t>(f[3]), static_cast<int>(f[4]), static_cast<int>(f[5]),
                        static_cast<int>(f[6])});
    }
    std::vector<Answer> answers;
    {
        const nb::gil_scoped_release release;
        answers = Batch(tables, weight, todo, labels).run(threads, watching(progress, todo.size()));
    }
    nb::list out;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        Answer& a = answers[i];
        const auto k = static_cast<std::size_t>(todo[i].k);
        const auto d = static_cast<std::size_t>(tables[todo[i].data].d);
        if (!labels) a.best.label.clear();
        const std::size_t n = a.best.label.size();
        const bool other = !a.runner_up_centers.empty();
        out.append(nb::make_tuple(array(std::move(a.best.centers), {k, d}), array(std::move(a.best.label), {n}),
                                  array(std::move(a.best.sizes), {k}), a.best.inertia, a.best.iterations, a.starts,
                                  a.hits, a.runner_up,
                                  other ? array(std::move(a.runner_up_centers), {k, d}) : nb::none()));
    }
    return out;
}

nb::tuple assign(const Matrix& z, const Matrix& centers, int threads) {
    const auto n = static_cast<std::int64_t>(z.shape(0));
    const int d = static_cast<int>(z.shape(1)), k = static_cast<int>(centers.shape(0));
    std::vector<std::int32_t> label(n);
    std::vector<double> first(n), second(n);
    parallel_rows(n, threads, [&](std::int64_t from, std::int64_t to) {
        std::vector<double> distance(k);
        for (std::int64_t i = from; i < to; ++i) {
            const double* x = z.data() + i * d;
            const Near near = nearest(x, centers.data(), k, d, distance.data());
            const bool blank = std::all_of(x, x + d, [](double v) { return v != v; });
            label[i] = blank ? -1 : near.label;
            first[i] = blank ? std::nan("") : std::sqrt(near.first);
            second[i] = blank ? std::nan("") : std::sqrt(near.second);
        }
    });
    const auto size = static_cast<std::size_t>(n);
    return nb::make_tuple(array(std::move(label), {size}), array(std::move(first), {size}),
                          array(std::move(second), {size}));
}

nb::object silhouettes(const Matrix& z, const Labels& label, int k, const Rows& rows, int threads) {
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
    const std::size_t size = result.size();
    return array(std::move(result), {size});
}

nb::object adjusted_rands(const LabelRows& a, const LabelRows& b, int ka, int kb, int threads) {
    const std::size_t pairs = std::max(a.shape(0), b.shape(0));
    const auto n = static_cast<std::int64_t>(a.shape(1));
    std::vector<double> result(pairs);
    parallel(pairs, threads, [&](std::size_t p, int) {
        std::vector<double> table;
        result[p] = adjusted_rand(a.data() + (a.shape(0) == 1 ? 0 : p) * n, b.data() + (b.shape(0) == 1 ? 0 : p) * n, n,
                                  ka, kb, table);
    });
    return array(std::move(result), {pairs});
}

nb::object matched(const Matrix& gain) {
    const int rows = static_cast<int>(gain.shape(0));
    return array(match(gain.data(), rows, static_cast<int>(gain.shape(1))), {static_cast<std::size_t>(rows)});
}

nb::object dips(const std::vector<Vector>& samples, int threads) {
    std::vector<double> result(samples.size());
    parallel(samples.size(), threads, [&](std::size_t s, int) {
        std::vector<double> x(samples[s].data(), samples[s].data() + samples[s].shape(0));
        std::sort(x.begin(), x.end());
        result[s] = DipStatistic()(x);
    });
    const std::size_t size = result.size();
    return array(std::move(result), {size});
}

template <double (*F)(double)>
nb::object mapped(const Vector& x, int threads) {
    std::vector<double> result(x.shape(0));
    parallel_rows(static_cast<std::int64_t>(result.size()), threads,
                  [&](std::int64_t from, std::int64_t to) { std::transform(x.data() + from, x.data() + to, result.begin() + from, F); });
    const std::size_t size = result.size();
    return array(std::move(result), {size});
}

}  // namespace

NB_MODULE(_kernel, m) {
    m.def("fit_many", &fit_many, "data"_a, "weights"_a, "jobs"_a, "labels"_a, "threads"_a, "progress"_a.none());
    m.def("target", [] { return passes().target; });
    m.def("choose_target", &choose_passes, "target"_a);
    m.def("assign", &assign, "z"_a, "centers"_a, "threads"_a);
    m.def("silhouettes", &silhouettes, "z"_a, "label"_a, "k"_a, "rows"_a, "threads"_a);
    m.def("adjusted_rands", &adjusted_rands, "a"_a, "b"_a, "ka"_a, "kb"_a, "threads"_a);
    m.def("match", &matched, "gain"_a);
    m.def("dips", &dips, "samples"_a, "threads"_a);
    m.def("norm_cdf", &mapped<norm_cdf>, "x"_a, "threads"_a);
    m.def("norm_ppf", &mapped<norm_ppf>, "p"_a, "threads"_a);
}

}  // namespace coterie
