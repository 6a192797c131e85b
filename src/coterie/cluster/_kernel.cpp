// Python's view of k-means: arrays in, arrays out, the interpreter lock released while threads work.
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "batch.hpp"
#include "interpreter.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace coterie {
namespace {

nb::list fit_many(const std::vector<Array<double, 2>>& data, const std::vector<Array<double, 1>>& weights,
                  const Array<std::int64_t, 2>& jobs, bool labels, int threads, const nb::object& progress) {
    std::vector<Table> tables;
    for (const auto& m : data) tables.emplace_back(m.data(), static_cast<std::int64_t>(m.shape(0)), static_cast<int>(m.shape(1)));
    std::vector<const double*> weight;
    for (const auto& v : weights) weight.push_back(v.data());
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
        const bool other = !a.runner_up_centers.empty();
        out.append(nb::make_tuple(array(std::move(a.best.centers), {k, d}), array(std::move(a.best.label)),
                                  array(std::move(a.best.sizes)), a.best.inertia, a.best.iterations, a.starts,
                                  a.hits, a.runner_up,
                                  other ? array(std::move(a.runner_up_centers), {k, d}) : nb::none()));
    }
    return out;
}

nb::tuple assign(const Array<double, 2>& z, const Array<double, 2>& centers, int threads) {
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
    return nb::make_tuple(array(std::move(label)), array(std::move(first)), array(std::move(second)));
}

}  // namespace

NB_MODULE(_kernel, m) {
    m.def("fit_many", &fit_many, "data"_a, "weights"_a, "jobs"_a, "labels"_a, "threads"_a, "progress"_a.none());
    m.def("assign", &assign, "z"_a, "centers"_a, "threads"_a);
    m.def("target", [] { return passes().target; });
    m.def("choose_target", &choose_passes, "target"_a);
}

}  // namespace coterie
