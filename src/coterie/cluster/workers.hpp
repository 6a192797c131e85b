// Threads that take tasks from a counter, and help with pieces of each other's tasks when no task is left.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace coterie {

struct Stopped {};  // thrown inside a worker when the caller gave up

class Crew {
public:
    explicit Crew(int threads) : threads(threads) {}
    const int threads;

    // Called before each part of a long task, with about how many rows it looks at.
    void check(int worker, std::int64_t rows) {
        if (stop.load(std::memory_order_relaxed)) throw Stopped{};
        if (worker != 0 || (unwatched += rows) < WATCHED_ROWS) return;
        unwatched = 0;
        if (Clock::now() - watched < PATIENCE) return;
        watched = Clock::now();
        watch_once();
    }

    // Calls task(i, worker) for every i < count; the calling thread is worker 0, and calls `watch(done)` about twenty
    // times a second. What that throws stops the work and is thrown from here once every thread has ended.
    template <class Task, class Watch>
    void run(std::int64_t count, Task task, Watch watch) {
        std::atomic<std::int64_t> done{0};
        watch_once = [&] { watch(done.load()); };
        watched = Clock::now();
        Offer tasks{[&](std::int64_t i, int worker) {
            check(worker, WATCHED_ROWS);
            task(i, worker);
            done.fetch_add(1);
        }, count};
        offers = {&tasks};
        std::vector<std::thread> pool;
        for (int worker = 1; worker < threads; ++worker) pool.emplace_back([&, worker] { help(worker, tasks); });
        help(0, tasks);
        for (auto& thread : pool) thread.join();
        if (failure) std::rethrow_exception(failure);
        watch(count);
    }

    // Calls piece(i, worker) for every i < count, from a task; workers without a task help.
    template <class Piece>
    void share(int worker, std::int64_t count, const Piece& piece) {
        if (threads == 1 || count == 1) {
            for (std::int64_t i = 0; i < count; ++i) piece(i, worker);
            return;
        }
        Offer offer{std::cref(piece), count};
        std::unique_lock<std::mutex> lock(mutex);
        offers.push_back(&offer);
        changed.notify_all();
        take(offer, worker, lock);
        changed.wait(lock, [&] { return offer.workers == 0; });
        offers.erase(std::remove(offers.begin(), offers.end(), &offer), offers.end());
        lock.unlock();
        check(worker, 0);  // a piece that failed has stopped everything
    }

private:
    struct Offer {
        std::function<void(std::int64_t, int)> piece;
        std::int64_t count;
        std::atomic<std::int64_t> next{0};
        int workers = 0;  // that are at it
        bool left() const { return next.load() < count; }
    };
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds PATIENCE{50};
    static constexpr std::int64_t WATCHED_ROWS = 1 << 16;  // rows between two looks at the clock
    std::function<void()> watch_once;
    Clock::time_point watched;
    std::int64_t unwatched = 0;                // rows since the last look
    alignas(64) std::atomic<bool> stop{false};  // every worker reads it all the time
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Offer*> offers;  // the tasks, then pieces of tasks
    std::exception_ptr failure;

    // With the lock held, before and after.
    template <class Work>
    void unlocked(std::unique_lock<std::mutex>& lock, Work work) {
        std::exception_ptr thrown;
        lock.unlock();
        try {
            work();
        } catch (const Stopped&) {
        } catch (...) {
            thrown = std::current_exception();
        }
        lock.lock();
        if (thrown && !failure) failure = thrown;
        if (thrown) stop = true;
    }

    void take(Offer& offer, int worker, std::unique_lock<std::mutex>& lock) {
        ++offer.workers;
        unlocked(lock, [&] {
            for (std::int64_t i; (i = offer.next.fetch_add(1)) < offer.count;) offer.piece(i, worker);
        });
        --offer.workers;
        changed.notify_all();
    }

    Offer* open() const {  // the lock keeps an offer in the list, not its pieces: others take those meanwhile
        for (Offer* offer : offers)
            if (offer->left()) return offer;
        return nullptr;
    }

    // Takes tasks while there are any, then pieces of what others still do.
    void help(int worker, Offer& tasks) {
        std::unique_lock<std::mutex> lock(mutex);
        const auto over = [&] { return (stop || !tasks.left()) && tasks.workers == 0; };
        while (!over()) {
            Offer* offer = stop ? nullptr : open();
            if (offer) take(*offer, worker, lock);
            else if (changed.wait_for(lock, PATIENCE) == std::cv_status::timeout && worker == 0) unlocked(lock, watch_once);
        }
    }
};

}  // namespace coterie
