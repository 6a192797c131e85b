// What every module asks of Python: arrays that it owns, and work that goes on without its lock.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <algorithm>
#include <vector>

#include "workers.hpp"

namespace coterie {

template <class T, int D>
using Array = nanobind::ndarray<const T, nanobind::ndim<D>, nanobind::c_contig, nanobind::device::cpu>;

template <class T>
nanobind::object array(std::vector<T>&& values, std::initializer_list<std::size_t> shape) {
    auto* kept = new std::vector<T>(std::move(values));
    nanobind::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
    return nanobind::cast(nanobind::ndarray<nanobind::numpy, T>(kept->data(), shape, owner));
}

template <class T>
nanobind::object array(std::vector<T>&& values) {
    const std::size_t size = values.size();
    return array(std::move(values), {size});
}

// What the calling thread does now and then while workers work: report progress, notice Ctrl-C.
inline auto watching(const nanobind::object& progress, std::size_t count) {
    return [&progress, count](std::int64_t done) {
        const nanobind::gil_scoped_acquire acquire;
        if (PyErr_CheckSignals() != 0) throw nanobind::python_error();
        if (!progress.is_none()) progress(done, count);
    };
}

template <class Task>
void parallel(std::size_t count, int threads, Task task) {  // task(i, worker)
    const nanobind::object nobody = nanobind::none();
    const nanobind::gil_scoped_release release;
    Crew(threads).run(static_cast<std::int64_t>(count),
                      [&](std::int64_t i, int worker) { task(static_cast<std::size_t>(i), worker); },
                      watching(nobody, count));
}

template <class Task>
void parallel_rows(std::int64_t n, int threads, Task task) {  // task(from, to)
    constexpr std::int64_t BLOCK = 4096;
    parallel(static_cast<std::size_t>((n + BLOCK - 1) / BLOCK), threads, [&](std::size_t b, int) {
        const std::int64_t from = static_cast<std::int64_t>(b) * BLOCK;
        task(from, std::min(n, from + BLOCK));
    });
}

}  // namespace coterie
