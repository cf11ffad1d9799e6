#include "threads.h"

#include <opencv2/core/utility.hpp>

// OpenCV throws nothing here.
int frglab_threads(int n) {
	int before = cv::getNumThreads();
	cv::setNumThreads(n);
	return before;
}
