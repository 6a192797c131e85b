// What both modules ask of Python: arrays that it owns, and work that goes on without its lock.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <vector>

#include "workers.hpp"

namespace coterie {

template <class T>
nanobind::object array(std::vector<T>&& values, std::initializer_list<std::size_t> shape) {
    auto* kept = new std::vector<T>(std::move(values));
    nanobind::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
    return nanobind::cast(nanobind::ndarray<nanobind::numpy, T>(kept->data(), shape, owner));
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
    if (threads == 1) {
        for (std::size_t i = 0; i < count; ++i) task(i, 0);
        return;
    }
    Crew(threads).run(static_cast<std::int64_t>(count),
                      [&](std::int64_t i, int worker) { task(static_cast<std::size_t>(i), worker); },
                      watching(nobody, count));
}

}  // namespace coterie
