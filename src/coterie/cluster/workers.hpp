// Threads that take tasks from a counter while the calling thread watches for progress and Ctrl-C.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace coterie {

struct Stopped {};  // thrown inside a worker when the caller gave up

// Calls task(i, worker) for every i < count. `watch(done)` runs on the calling thread about twenty times a second;
// what it throws stops the work and is thrown from here once every thread has ended.
template <class Task, class Watch>
void run_tasks(std::size_t count, int threads, std::atomic<bool>& stop, Task task, Watch watch) {
    std::atomic<std::size_t> next{0}, done{0};
    std::mutex mutex;
    std::condition_variable ended;
    std::exception_ptr failure;
    std::size_t running = static_cast<std::size_t>(threads) < count ? static_cast<std::size_t>(threads) : count;
    auto work = [&](int worker) {
        try {
            for (std::size_t i; !stop.load(std::memory_order_relaxed) && (i = next.fetch_add(1)) < count;) {
                task(i, worker);
                done.fetch_add(1);
            }
        } catch (const Stopped&) {
        } catch (...) {
            const std::lock_guard<std::mutex> lock(mutex);
            if (!failure) failure = std::current_exception();
            stop = true;
        }
        const std::lock_guard<std::mutex> lock(mutex);
        --running;
        ended.notify_one();
    };
    std::vector<std::thread> pool;
    const int wanted = static_cast<int>(running);
    for (int worker = 0; worker < wanted; ++worker) pool.emplace_back(work, worker);
    {
        std::unique_lock<std::mutex> lock(mutex);
        while (!ended.wait_for(lock, std::chrono::milliseconds(50), [&] { return running == 0; })) {
            lock.unlock();
            try {
                watch(done.load());
            } catch (...) {
                const std::lock_guard<std::mutex> guard(mutex);
                if (!failure) failure = std::current_exception();
                stop = true;
            }
            lock.lock();
        }
    }
    for (auto& thread : pool) thread.join();
    if (failure) std::rethrow_exception(failure);
    watch(count);
}

}  // namespace coterie
