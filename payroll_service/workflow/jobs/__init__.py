"""Long work that outlives its worker: asked for, leased, done once. What is done is other use cases' business."""
